#!/usr/bin/env bash
# agent.sh - an agent in shell that traces itself, to copy from: it starts
# at-save once, and prints one JSON object a line into it. agent.py says more.
# Needs jq.
exec {save}> >(at-save)
saver=$! session=sh-$$-$RANDOM$RANDOM

# emit TYPE [JQ-OPTION]... FILTER - records an event; FILTER makes its data.
emit() {
    jq -nc --arg type "$1" --arg session "$session" --arg id "$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')" "${@:2:$#-2}" \
        "{event_type: \$type, timestamp: now, event_id: \$id, session_id: \$session, data: (${!#})}" >&"$save"
}

# run COMMAND... - runs a command, and records it.
run() {
    local status=0 out line use=$session-$((++calls))
    printf -v line '%q ' "$@"
    emit tool_call --arg use "$use" --arg line "${line% }" '{tool_name: "Bash", arguments: {command: $line}, tool_use_id: $use}'
    out=$("$@" 2>&1) || status=$?
    if ((status == 0)); then
        emit tool_result --arg use "$use" --arg out "$out" '{tool_name: "Bash", result: $out, tool_use_id: $use}'
    else
        emit error --arg use "$use" --arg out "$out" --argjson status "$status" \
            '{kind: "tool", tool_name: "Bash", error: $out, exit_code: $status, tool_use_id: $use}'
    fi
    printf '%s\n' "$out"
    return "$status"
}

emit session_start '{agent: "agent.sh"}'
run echo 'two  words'
run sh -c 'echo no >&2; exit 3' || emit decision '{choice: "stop", reason: "the command failed"}'
emit session_end '{}'

exec {save}>&-
wait "$saver" # at-save has stored all
