// Package tool says what a tool call of an agent means: which paths it reads,
// writes and searches, which shell commands it runs, which hosts it names. It
// is the one place that knows the names of tools.
//
// # Tools
//
// Names are told apart without regard to case. Path arguments are known by
// their key, also without regard to case and underscores: file_path, filePath,
// path, absolute_path, notebook_path, target_file, dir_path, paths …
//
//	agent         reads            edits                             shell (argument)             searches
//	Claude Code   Read             Write Edit MultiEdit NotebookEdit Bash PowerShell (command)    Glob Grep LS
//	Codex         read_file        apply_patch                       exec_command (cmd)           list_dir grep_files
//	              view_image       file_change (changes)             shell (command: argv)
//	                                                                 command_execution (command)
//	Gemini CLI    read_file        write_file replace                run_shell_command (command)  glob grep_search
//	              read_many_files                                                                 list_directory
//	Cursor        Read read_file   Write Delete search_replace       Shell run_terminal_cmd       Grep codebase_search
//	Copilot       view read_file   create edit                       bash run_in_terminal         grep rg glob
//	OpenCode, Pi  read             write edit patch                  bash (command)               grep glob list find
//	Cline, Roo    read_file        write_to_file replace_in_file     execute_command (command)    search_files list_files
//	              read_files                                         run_commands (commands: lines)
//	Droid         Read             Create Edit ApplyPatch            Execute (command)            Grep Glob LS
//	Kiro, Q       fs_read          fs_write                          execute_bash (command)       grep_search
//	Goose         developer__text_editor by its command              developer__shell (command)
//	Windsurf      view_file        replace_file_content              run_command (CommandLine)    find_by_name
//	OpenHands     str_replace_editor by its command                  execute_bash (command)
//
// # Arguments
//
//	{"file_path":"a"}                      an object
//	"{\"cmd\":\"ls\"}"                     a JSON string that holds one (Codex, old Copilot)
//	"*** Begin Patch\n…", *** Begin Patch  a patch text, as a JSON string or bare
//	{"command":["bash","-lc","ls | wc"]}   an argument vector; of a shell's -c its line is taken
//
// # MCP
//
//	mcp__SERVER__TOOL   Claude Code, Codex; split at the first "__" after the prefix
//	mcp_SERVER_TOOL     Gemini CLI; split at the first "_", which is a guess
//	MCP:TOOL            Cursor; the server is not told
//	SERVER__TOOL        Goose
//	use_mcp_tool        Cline; server_name, tool_name and arguments are arguments
//
// A tool of a server that has the name of a file, shell or web tool tells its
// paths, line and hosts as that one would; its kind stays MCP.
//
// # Shell lines
//
// [Commands] reads a line as bash does and finds the commands in it. What the
// line itself gives to variables, positional parameters, aliases and functions
// is known in it, and so is where cd leads; each way through if, case and loops
// counts, and a command with a variable of several values is told once for each.
// What echo and printf print is known where it is fed to a shell, to xargs or
// to $( ).
//
// Wherever something is decided only when the line runs, the command says
// Unknown, and [Doubt] says what: a variable as program, eval of one, a script
// that comes through a pipe, code for an interpreter, a file or host named by a
// variable, what xargs adds, the host of a git remote. Nothing is looked up:
// files, the environment and PATH are not known here.
//
// Programs that only start another one are looked through and stand in Via:
// sudo, env, timeout, xargs, bash -c, uv run, npx and so on; the words of each
// stand in Layers. What ssh and docker start runs elsewhere (Remote). Text is the
// whole simple command, so a rule can be about either.
//
// Reads, Writes and Hosts are what is known of a program's arguments. MayRead
// and MayWrite are for whoever must be sure: arguments of programs that are not
// known here and might be files, names of files in source text, the file that a
// copy makes if its target is a directory. MayRun has lines that a program may
// run: a pager, what is to be done before and after, keys that are typed for it.
//
// # Intents
//
// [Intent] maps lines that try the same thing to one text; see there for what
// counts as the same.
package tool
