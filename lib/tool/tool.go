package tool

// Kind is the kind of activity that a call is.
type Kind int

// The kinds. Other is a tool that is not known, or that is known and fits
// nowhere, such as a question to the user.
const (
	Other Kind = iota
	Read
	Search
	Edit
	Shell
	Web
	Agent
	Plan
	MCP
)

var kindNames = [...]string{"other", "read", "search", "edit", "shell", "web", "agent", "plan", "mcp"}

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return kindNames[Other]
	}
	return kindNames[k]
}

// A Call is what one tool call means. Paths are as the agent gave them, each
// once, in the order in which they were given.
type Call struct {
	Name     string   // the tool's name as the agent gave it
	Kind     Kind     // MCP if it is a server's tool, whatever that does
	Server   string   // the MCP server, "" if there is none or it is not told
	MCPTool  string   // the tool's name on that server
	Reads    []string // paths that the arguments name as read
	Writes   []string // paths written, edited, created, moved or deleted
	Searches []string // paths searched or listed
	Line     string   // the shell command line, "" if it is not a shell call
	Hosts    []string // hosts in the URL arguments of a web tool, lower case, no port

	// What follows matters to whoever must be sure.

	Dir      string   // the directory that a shell call asks for
	Pattern  string   // what Glob and its like look for
	Listing  bool     // it looks for names, not into files
	Code     string   // source text for an interpreter
	Input    string   // text that is typed into a running program
	MayRead  []string // paths in the arguments of a tool that is not known
	MayWrite []string // the same, of one whose name says that it changes something
	Named    []string // other texts in them that may be the name of a file
	Looks    bool     // the name of such a tool says that it changes nothing
	MayRun   []string // texts in them that may be shell lines
	Globs    []string // of Reads, patterns that the tool matches against files
	Filters  []string // patterns of the files that a search looks into
}

// A Doubt is what cannot be known of a command before it runs.
type Doubt uint8

// The doubts.
const (
	DoubtProgram Doubt = 1 << iota // which program it is, or what code it is given
	DoubtRead                      // which files it reads
	DoubtWrite                     // which files it writes
	DoubtHost                      // which hosts it contacts
	DoubtDir                       // where it runs, so which files its relative paths are
)

// A Command is one simple command of a shell line that really runs.
type Command struct {
	Program string   // base name of the program; "" for a redirection alone
	Args    []string // its arguments, unquoted; what is not known before it runs ($x, $(…)) as in the source
	Text    string   // source of the simple command, with wrappers and redirections, without here-document
	Via     []string // programs that were looked through, outermost first: sudo, uv, bash, find …
	Reads   []string // files read by redirection, or by what is known of the program
	Writes  []string // files written, created or removed likewise
	Hosts   []string // hosts that it is told to contact, lower case, no port
	Unknown bool     // the program, a file or a host cannot be known before it runs

	// What follows matters to whoever must be sure.

	Doubt    Doubt      // what is not known
	Searches []string   // directories listed or searched
	Listing  bool       // for names, not into files
	MayRead  []string   // files that it may read: named in code, reached if a cd fails
	MayWrite []string   // the same, written
	MayHosts []string   // words that may be hosts, of a program that is not known
	MayRun   []string   // shell lines that it may run: what it is given to type, to run before, as a pager
	Trees    []string   // of Reads and Writes, those meant with all that is in them
	Filters  []string   // patterns of the files that a search in Searches, or below a directory of Reads, looks into
	Globs    []string   // of all paths, those that the shell or find matches against files
	Hidden   bool       // the shell was told to match names that begin with a dot, too
	Dirs     []string   // where it may run, from where the line starts; nil is there
	MayDirs  []string   // where it runs if a cd before it has failed
	Layers   [][]string // the words of the programs in Via, then its own
	Span     [2]int     // bytes of the line that it is in, or that run it
	Remote   bool       // it runs on another machine, or in a container
}
