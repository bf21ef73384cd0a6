package tool

import "strings"

// use is what a tool does with its arguments.
type use uint8

const (
	nothing   use = iota
	reads         // path arguments are read
	writes        // path arguments are written
	searches      // path arguments are searched
	copies        // a source is read, a destination written
	patches       // a text argument is a patch
	byCommand     // an argument "command" says which: view, create, str_replace …
	runs          // an argument is a shell line
	fetches       // an argument is a URL
	downloads     // the same, and a path argument is written
	viaMCP        // arguments name a server, a tool on it and its arguments
)

// A spec is what is known of a tool.
type spec struct {
	kind Kind
	use  use
}

// table lists the tools by what they do, in lower case, a line an agent or a
// family of them. A name that several agents use stands once.
var table = []struct {
	spec
	names string
}{
	{spec{Read, reads}, `
		read notebookread
		read_file view_image read_many_files read_files
		view view_file read_notebook readlints read_lints get_errors
		fs_read readfile readmultiplefiles readcode copilot_readfile
		read_text_file read_media_file read_multiple_files get_file_info get_file_contents
		file_read open_file show_file view_code_item`},
	{spec{Edit, writes}, `
		write edit multiedit notebookedit
		write_file replace
		edit_file search_replace strreplace editnotebook edit_notebook delete delete_file reapply
		create create_file replace_string_in_file multi_replace_string_in_file insert_edit_into_file
		edit_notebook_file create_directory create_new_jupyter_notebook
		copilot_replacestring copilot_createfile copilot_inserteditintofile
		write_to_file replace_in_file apply_diff insert_content search_and_replace
		fs_write fswrite fsappend strreplace str_replace deletefile
		replace_file_content multi_replace_file_content propose_code
		undo_edit move_file move_path delete_path rename_file file_write append_file`},
	{spec{Edit, copies}, `copy_path copy_file`},
	{spec{Edit, patches}, `apply_patch applypatch patch apply_unified_diff copilot_applypatch file_change`},
	{spec{Edit, byCommand}, `
		str_replace_based_edit_tool str_replace_editor str_replace_based_edit text_editor
		text_editor_code_execution developer__text_editor file_editor`},
	{spec{Search, searches}, `
		glob grep ls lsp
		list_dir grep_files list_directory search_file_content grep_search
		codebase_search file_search semanticsearch semantic_search
		rg list find search lsp_diagnostics
		search_files list_files list_code_definition_names
		listdirectory filesearch grepsearch code
		find_by_name find_path finder directory_tree list_directory_with_sizes
		list_allowed_directories copilot_findtextinfiles copilot_findfiles copilot_listdirectory
		copilot_searchcodebase list_code_usages get_changed_files analyze developer__analyze`},
	{spec{Shell, runs}, `
		bash powershell monitor
		exec_command shell shell_command local_shell local_shell_call container.exec unified_exec command_execution
		run_shell_command run_terminal_cmd run_terminal_command_v2 run_in_terminal copilot_runinterminal
		execute_command execute execute_bash executebash executepwsh
		developer__shell bash_code_execution run_command run_commands terminal shell_exec
		run_terminal run_terminal_command run start_process bashtool`},
	{spec{Shell, nothing}, `
		bashoutput killshell killbash
		write_stdin read_bash write_bash stop_bash list_bash read_powershell write_powershell stop_powershell
		get_terminal_output read_command_output command_status send_command_input
		execute_ipython_cell code_execution js_repl python runtests run_tests run_task create_and_run_task
		copilot_runtests run_notebook_cell copilot_getterminaloutput`},
	{spec{Web, fetches}, `
		webfetch websearch web_fetch web_search
		google_web_search fetch_webpage open_simple_browser github_repo
		codesearch fetchurl read_web_page read_url_content search_web fetch
		browser_action browser browser_navigate navigate_page puppeteer_navigate new_page
		copilot_fetchwebpage sourcegraph web_search_call`},
	{spec{Web, downloads}, `download`},
	{spec{Agent, nothing}, `
		task agent taskoutput taskstop sendmessage teamcreate teamdelete workflow remotetrigger agentoutputtool
		spawn_agent send_input wait_agent close_agent resume_agent spawn_agents_on_csv send_message
		followup_task interrupt_agent list_agents collaborationspawn_agent collaborationwait_agent collaborationsend_message
		collaborationfollowup_task collaborationinterrupt_agent collaborationlist_agents
		invoke_agent read_agent write_agent
		delegate_to_agent codebase_investigator runsubagent copilot_runsubagent
		new_task use_subagents oracle subagent delegate dynamic_task__create_task`},
	{spec{Plan, nothing}, `
		todowrite todoread enterplanmode exitplanmode exit_plan_mode enter_plan_mode
		taskcreate taskget tasklist taskupdate croncreate crondelete cronlist schedulewakeup
		update_plan create_goal get_goal update_goal write_todos save_memory
		todo_write todo_read update_todo manage_todo_list copilot_managetodolist report_intent
		update_todo_list plan_mode_respond exitspecmode task_tracker todo_list todo__todo_write
		update_topic complete_task tracker_create_task tracker_update_task tracker_get_task tracker_list_tasks
		create_plan update_memory store_memory`},
	{spec{Other, nothing}, `
		askuserquestion ask_user ask_user_question ask_followup_question ask_question question request_user_input
		slashcommand skill attempt_completion think sequentialthinking switch_mode toolsearch tool_search`},
	{spec{MCP, nothing}, `
		list_mcp_resources list_mcp_resource_templates read_mcp_resource fetch_mcp_resource
		listmcpresourcestool readmcpresourcetool access_mcp_resource listmcpresources
		fetchmcpresource`},
	{spec{MCP, viaMCP}, `use_mcp_tool callmcptool call_mcp_tool`},
}

var tools = func() map[string]spec {
	m := make(map[string]spec, 512)
	for _, t := range table {
		for _, name := range strings.Fields(t.names) {
			m[name] = t.spec
		}
	}
	return m
}()

// vague are names that say too little to be trusted on a server of which
// nothing is known: a command for a database is no shell line.
var vague = map[string]bool{"run": true, "execute": true, "python": true, "code": true, "list": true, "search": true, "find": true}

func lookup(name string) (spec, bool) {
	if t, ok := tools[name]; ok {
		return t, true
	}
	t, ok := tools[strings.ToLower(name)]
	return t, ok
}

// splitMCP takes the name of a server's tool apart.
func splitMCP(name string) (server, tool string, ok bool) {
	if rest, ok := strings.CutPrefix(name, "mcp__"); ok {
		server, tool, ok = strings.Cut(rest, "__")
		if !ok {
			return rest, "", rest != ""
		}
		return server, tool, true
	}
	if rest, ok := strings.CutPrefix(name, "mcp_"); ok {
		// Gemini joins server and tool by one underscore; servers with one in
		// their own name are cut short.
		server, tool, ok = strings.Cut(rest, "_")
		return server, tool, ok && server != "" && tool != ""
	}
	if rest, ok := strings.CutPrefix(name, "MCP:"); ok {
		return "", strings.TrimSpace(rest), true
	}
	server, tool, ok = strings.Cut(name, "__")
	return server, tool, ok && server != "" && tool != "" && !strings.HasSuffix(tool, "__")
}
