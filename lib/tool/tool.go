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
}

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
}
