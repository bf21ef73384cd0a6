#!/usr/bin/env python3
"""agent.py - an agent in Python that traces itself, to copy from. Any language
can: start at-save once, and print one JSON object a line into it. Go has
lib/trace.

What an event may say is in lib/event/doc.go. Leave out what is not known. The
result of a call has the tool_use_id of the call; at-cat works out the rest. Put
"at-redact | at-save" in the place of at-save to take secrets out first.
"""
import functools, inspect, json, subprocess, time, uuid

save = subprocess.Popen("at-save", shell=True, stdin=subprocess.PIPE, text=True)
session = str(uuid.uuid4())


def emit(event_type, **data):
    """Record an event. A trace that cannot be written never stops the agent."""
    event = {"event_type": event_type, "timestamp": time.time(), "event_id": uuid.uuid4().hex[:12],
             "session_id": session, "data": data}
    try:
        print(json.dumps(event, default=repr), file=save.stdin, flush=True)
    except (OSError, ValueError, TypeError, RecursionError):
        pass


def tool(fn):
    """Have the calls of a function recorded."""
    @functools.wraps(fn)
    def traced(*args, **kwargs):
        use = {"tool_name": fn.__name__, "tool_use_id": uuid.uuid4().hex}
        emit("tool_call", **use, arguments=inspect.signature(fn).bind(*args, **kwargs).arguments)
        try:
            result = fn(*args, **kwargs)
        except BaseException as e:  # Ctrl-C too
            emit("error", **use, kind="tool", error=f"{type(e).__name__}: {e}")
            raise
        emit("tool_result", **use, result=result)
        return result
    return traced


@tool
def search(query, limit=10):
    return ["login.py:12"]


@tool
def write_file(path, content):
    raise PermissionError(path)


emit("session_start", agent="agent.py", model="claude-sonnet-5")
emit("user_prompt", prompt="fix the login")
search("authenticate", limit=3)
emit("llm_response", model="claude-sonnet-5",
     usage={"input_tokens": 101, "output_tokens": 7, "cache_read_tokens": 3000})
emit("decision", choice="write_file", reason="the cause is known", alternatives=["write_file", "search"])
try:
    write_file("login.py", "…")
except PermissionError:
    pass
emit("session_end")

save.communicate()  # at-save has stored all
