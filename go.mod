module agenttrace

go 1.26.0

require (
	github.com/alecthomas/kingpin/v2 v2.4.0
	github.com/mattn/go-runewidth v0.0.31
	github.com/rogpeppe/go-internal v1.15.0
	github.com/tidwall/gjson v1.20.0
	golang.org/x/term v0.48.0
)

require (
	github.com/alecthomas/units v0.0.0-20211218093645-b94a6e3cc137 // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/fsnotify/fsnotify v1.10.1 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
	github.com/xhit/go-str2duration/v2 v2.1.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/tools v0.38.0 // indirect
	mvdan.cc/sh/v3 v3.14.1 // indirect
)
