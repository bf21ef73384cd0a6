package tool

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// A program is what is known of a program's arguments: which are files.
type program struct {
	how    byte   // what operands are: see below
	first  int    // operands before the files: the pattern of grep, the script of sed
	given  string // options that take the place of those
	values string // options that take a value
	in     string // options whose value is a file that is read
	out    string // options whose value is a file that is written
	at     string // options whose value may be @ and a file that is read
	writes string // options that make the program write the files that it reads
}

// What the operands of a program are.
const (
	none    = '-' // no files
	read    = 'r' // files that are read
	written = 'w' // files that are written, created or removed
	copied  = 'c' // the last is written, the others are read
	moved   = 'm' // the last is written, the others are read and removed
	linked  = 'l' // the last is written
	script  = 's' // the first is a script that is read
	edited  = 'e' // files that are read and written
)

const (
	// Values of options that grep and its likes share.
	grepValues = "-A -B -C -m -e -d -D --include --exclude --exclude-dir --max-count --context --after-context --before-context --binary-files --label"
	rgValues   = "-A -B -C -m -e -g -t -T -d -M -j -r -E --glob --iglob --type --type-not --max-count --context --after-context --before-context --max-depth --replace --sort --sortr --encoding --color --colors --max-columns --max-filesize --threads --type-add"
	agValues   = "-A -B -C -m -G -p -W -g --ignore --ignore-dir --depth --type"
)

var programs = sync.OnceValue(func() map[string]program {
	return spread(map[string]program{
		"cat tac nl zcat bzcat xzcat zless rev source .": {how: read},
		"md5sum sha1sum sha256sum sha512sum cksum":       {how: read},
		"less more":               {how: read, values: "-p -j -x -P"},
		"bat batcat":              {how: read, values: "-l -r -H --language --line-range --highlight-line --style --theme --paging --color --wrap"},
		"hexdump hd":              {how: read, values: "-n -s -e -f"},
		"xxd":                     {how: copied, values: "-l -s -c -g -o"},
		"strings":                 {how: read, values: "-n -t -e"},
		"readelf objdump nm":      {how: read, values: "-x -p -j -M"},
		"expand unexpand":         {how: read, values: "-t"},
		"head tail":               {how: read, values: "-n -c --lines --bytes -s --pid"},
		"wc":                      {how: read, in: "--files0-from"},
		"od":                      {how: read, values: "-A -t -N -j -w"},
		"base64 base32":           {how: read, values: "-w --wrap"},
		"cut":                     {how: read, values: "-d -f -c -b --delimiter --fields --output-delimiter"},
		"sort":                    {how: read, values: "-k -t -S -T --key --field-separator --parallel", out: "-o --output"},
		"uniq":                    {how: copied, values: "-f -s -w"},
		"diff colordiff vimdiff":  {how: read, values: "-U -C -I -x --exclude --label -L -W --color --unified --context"},
		"cmp":                     {how: read, values: "-i -n"},
		"comm":                    {how: read},
		"column":                  {how: read, values: "-s -c -o -N -R -H -J -n"},
		"paste":                   {how: read, values: "-d"},
		"join":                    {how: read, values: "-t -1 -2 -j -a -e -o -v"},
		"fold fmt":                {how: read, values: "-w"},
		"jq gojq jaq":             {how: read, first: 1, in: "-f --from-file --slurpfile --rawfile", given: "-f --from-file", values: "--indent -L --arg --argjson"},
		"yq":                      {how: read, first: 1, in: "--from-file", given: "--from-file", values: "--indent -I -p -o --arg --argjson", writes: "-i --inplace"},
		"grep egrep fgrep zgrep":  {how: read, first: 1, in: "-f --file", given: "-e -f --regexp --file", values: grepValues},
		"rg":                      {how: read, first: 1, in: "-f --file --pre --ignore-file", given: "-e -f --regexp --file --files", values: rgValues},
		"ag ack":                  {how: read, first: 1, values: agValues},
		"sed gsed":                {how: read, first: 1, in: "-f --file", given: "-e -f --expression --file", values: "-e -l --expression --line-length", writes: "-i --in-place"},
		"awk gawk mawk nawk":      {how: read, first: 1, in: "-f --file", given: "-f --file", values: "-F -v"},
		"gzip gunzip xz unxz":     {how: edited, values: "-S --suffix -T"},
		"bzip2 bunzip2":           {how: edited},
		"zstd unzstd":             {how: edited, out: "-o", values: "-T"},
		"zip":                     {how: written, values: "-x -i"},
		"unzip":                   {how: read, values: "-d -x"},
		"cp gcp":                  {how: copied, values: "-S --suffix", out: "-t --target-directory"},
		"install":                 {how: copied, values: "-m -o -g -S --mode --owner --group --suffix", out: "-t --target-directory"},
		"mv gmv":                  {how: moved, values: "-S --suffix", out: "-t --target-directory"},
		"ln":                      {how: linked, values: "-S --suffix", out: "-t --target-directory"},
		"rm rmdir unlink trash":   {how: written},
		"shred":                   {how: written, values: "-n -s"},
		"touch":                   {how: written, values: "-d -t --date --time", in: "-r --reference"},
		"mkdir mkfifo":            {how: written, values: "-m --mode"},
		"truncate":                {how: written, values: "-s --size", in: "-r --reference"},
		"tee sponge":              {how: written},
		"chmod chown chgrp":       {how: written, first: 1, in: "--reference", given: "--reference"},
		"vi vim nvim":             {how: edited, values: "-c --cmd", in: "-u -S"},
		"nano emacs ed ex code":   {how: edited},
		"split":                   {how: copied, values: "-l -b -n -a"},
		"patch":                   {how: edited, values: "-p -d -F -B", in: "-i --input", out: "-o --output"},
		"python python2 python3":  {how: script, values: "-W -X", given: "-c -m"},
		"pypy pypy3":              {how: script, values: "-W -X", given: "-c -m"},
		"node nodejs tsx ts-node": {how: script, in: "-r --require --import --env-file --env-file-if-exists", given: "-e -p --eval --print"},
		"ruby":                    {how: script, given: "-e", values: "-I -r"},
		"php":                     {how: script, given: "-r", values: "-d -c -S", in: "-t"},
		"lua Rscript osascript":   {how: script, given: "-e"},
		"black autopep8 yapf isort autoflake pyupgrade": {how: edited, values: "-l --line-length -t --target-version --config --profile --exclude --include -j -a"},
		"prettier":                            {how: read, values: "--config --parser --ignore-path --plugin --log-level --print-width --tab-width", writes: "--write -w"},
		"gofmt goimports gofumpt":             {how: read, values: "-r -local -d", writes: "-w"},
		"shfmt":                               {how: read, values: "-i -ln", writes: "-w"},
		"clang-format":                        {how: read, values: "--style -style --assume-filename", writes: "-i"},
		"rustfmt":                             {how: edited, values: "--edition --config --config-path"},
		"eslint stylelint standard xo oxlint": {how: read, values: "-c --config --ext --rulesdir --format -f --ignore-pattern --max-warnings", writes: "--fix", out: "-o --output-file"},
		"dos2unix unix2dos":                   {how: edited},
		"rename prename":                      {how: edited, first: 1, values: "-e"},
		"setfacl setfattr xattr":              {how: written, first: 1, given: "-m -x -n -b -k -M -X --modify --remove --set", values: "-m -x -n -v --modify --remove --set", in: "-M -X --restore"},
		"mknod":                               {how: written},
		"csplit":                              {how: read, out: "-f --prefix", values: "-n -b --suffix-format --digits"},
		"pax":                                 {how: read},
		"iconv":                               {how: read, values: "-f -t --from-code --to-code", out: "-o --output"},
		"pandoc":                              {how: read, values: "-f -t --from --to --metadata", out: "-o --output"},
		"tsort shuf numfmt pr look":           {how: read, out: "-o --output"},
		"sqlite3":                             {how: read, values: "-cmd -separator", in: "-init"},
		"sops":                                {how: read},
		"stat":                                {how: none, values: "-c -f --format --printf"},
		"mapfile readarray":                   {how: none},
		"get-content gc select-string get-filehash import-csv":                                   {how: read, values: "-Path -TotalCount -Tail -Encoding"},
		"set-content add-content out-file clear-content remove-item ri del erase rd new-item ni": {how: written, values: "-Value -ItemType -Encoding"},
		"copy-item cpi copy":                {how: copied},
		"move-item mi move rename-item ren": {how: moved},
		"perl":                              {how: script, given: "-e -E", values: "-I -M", writes: "-i"},
		"openssl":                           {how: none, in: "-in -inkey -CAfile -cert -key -kfile -config -passin", out: "-out -keyout"},
		"gcc g++ clang clang++":             {how: read, values: "-I -L -l -D -x -isystem", in: "-include", out: "-o"},
		"cc c++ rustc":                      {how: read, values: "-I -L -l -D -x --edition --crate-type -isystem -include", out: "-o"},
		"curl": {
			how: none,
			in:  "-T --upload-file -K --config --cacert -E --cert --key --netrc-file --capath --crlfile --proxy-cacert --proxy-cert --proxy-key --pubkey --hostpubmd5-file",
			out: "-o --output -D --dump-header -c --cookie-jar --trace --trace-ascii --stderr --etag-save --hsts --alt-svc",
			at:  "-d --data --data-raw --data-binary --data-urlencode -F --form --json -H --header",
			values: "-X --request -u --user -A --user-agent -e --referer -b --cookie -m --max-time -w --write-out -x --proxy --retry --retry-delay --connect-timeout -r --range" +
				" --resolve --url --output-dir --limit-rate --interface -Y -y -C -z --max-redirs --retry-max-time --connect-to",
		},
		"wget": {
			how:    none,
			in:     "-i --input-file --post-file --body-file --load-cookies --ca-certificate --certificate --private-key --config",
			out:    "-O --output-document -o --output-file -a --append-output",
			values: "-P --directory-prefix -t --tries -T --timeout -U --user-agent --header --user --password -e --execute -w --wait -Q -l --level -A -R -D --method --post-data --body-data",
		},
		"ssh mosh ssh-copy-id ssh-keyscan": {how: none, in: "-i -F", out: "-E", values: "-p -l -o -J -L -R -D -b -c -e -m -O -Q -S -W -w -B -I"},
		"scp sftp":                         {how: copied, in: "-i -F", values: "-P -o -l -c -S -J -B"},
		"rsync":                            {how: copied, in: "--files-from --exclude-from --include-from --password-file", values: "-e --rsh --exclude --include --filter -f -B -M --bwlimit --timeout --chmod --port --rsync-path"},
		"nc ncat netcat telnet ftp":        {how: none, values: "-p -w -s -X -x -e -c -i -q -I -O -T"},
		"ping ping6 dig nslookup":          {how: none, values: "-c -i -W -w -s -t -p -I"},
		"host whois":                       {how: none, values: "-t -c -W -h -p"},
		"traceroute tracepath nmap":        {how: none, values: "-p -m -q -w -oN -oX -T -i -f"},
		"mtr":                              {how: none, values: "-c -i -f -m -s -Q -P -I -G"},
		"http https xh httpie":             {how: none, out: "-o --output", values: "-a --auth -A --auth-type --timeout --proxy"},

		// What follows takes text, not files that it reads.
		"ls find tree du stat file which test realpath dirname basename [ [[": {how: none},
		"echo printf true false : cd chdir pushd popd pwd export set":         {how: none},
		"unset sleep exit return declare local wait read mapfile readarray":   {how: none},
		"alias kill shift getopts seq date type hash umask ulimit break":      {how: none},
		"continue trap let dirs jobs fg bg whoami id uname hostname":          {how: none},
		"gh hub glab": {how: none, in: "-F --body-file --notes-file --input"},
		"npm pnpm yarn bun pip pip3 poetry brew apt apt-get": {how: none},
		"fd fdfind": {how: none},
	})
})

// spread gives each of the names in a key its own entry. The large tables are
// made when they are first asked: the commands in hooks, which must start soon,
// look at no command line.
func spread[V any](m map[string]V) map[string]V {
	out := make(map[string]V, 4*len(m))                 // growing a map takes longer than filling it
	for _, names := range slices.Sorted(maps.Keys(m)) { // a name that stands twice means the same each time
		for _, name := range strings.Fields(names) {
			out[name] = m[names]
		}
	}
	return out
}
