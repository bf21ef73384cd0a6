// Made by at-setup: hands OpenCode's events to at-capture.
// at-setup opencode --write replaces this file, --remove takes it away.
import { spawn } from "node:child_process"

const capture = /*capture*/ []
const guard = /*guard*/ null

// What says nothing of what the agent did.
const skipped = /^(server|lsp|installation|ide|tui|pty|vcs|storage|file\.watcher)\./

function whole(event) {
  if (!event || typeof event.type !== "string" || skipped.test(event.type) || event.type.endsWith(".delta")) return false
  const part = event.type === "message.part.updated" ? event.properties?.part : undefined
  return !(part?.time?.start && !part.time.end && (part.type === "text" || part.type === "reasoning"))
}

// One process takes all events, since it must know what came before. It is in
// a group of its own: Ctrl-C is for OpenCode.
function recorder(cwd) {
  let child
  try {
    child = spawn(capture[0], capture.slice(1), { cwd, detached: true, stdio: ["pipe", "ignore", "ignore"] })
  } catch {
    return () => {}
  }
  let dead = false
  child.on("error", () => (dead = true))
  child.on("exit", () => (dead = true))
  child.stdin.on("error", () => (dead = true))
  child.unref()
  child.stdin.unref?.()
  return (event) => {
    if (dead || child.stdin.writableLength > 64 * 1024 * 1024) return
    try {
      child.stdin.write(JSON.stringify(event) + "\n")
    } catch {
      dead = true
    }
  }
}

// Asks at-guard about a call. Whatever goes wrong, the answer is a reason not
// to run it.
function judge(payload, cwd) {
  return new Promise((resolve) => {
    let out = ""
    let err = ""
    let child
    try {
      child = spawn(guard[0], guard.slice(1), { cwd, stdio: ["pipe", "pipe", "pipe"] })
    } catch (e) {
      return resolve(`at-guard cannot be run: ${e.message}`)
    }
    const late = setTimeout(() => {
      child.kill("SIGKILL")
      resolve("at-guard did not answer in time")
    }, 10000)
    const done = (reason) => {
      clearTimeout(late)
      resolve(reason)
    }
    child.on("error", (e) => done(`at-guard cannot be run: ${e.message}`))
    child.stdin.on("error", () => {})
    child.stdout.on("data", (d) => (out += d))
    child.stderr.on("data", (d) => (err += d))
    child.on("close", (code) => {
      if (code !== 0) return done(err.trim() || `at-guard ended with status ${code}`)
      if (out.trim() === "") return done("")
      try {
        const answer = JSON.parse(out).hookSpecificOutput
        done(answer.permissionDecision === "allow" ? "" : answer.permissionDecisionReason || "not allowed")
      } catch {
        done("at-guard's answer cannot be read")
      }
    })
    child.stdin.end(JSON.stringify(payload))
  })
}

export const AgentTrace = async ({ directory }) => {
  const record = recorder(directory)
  const hooks = {
    event: async ({ event }) => {
      if (whole(event)) record(event)
    },
  }
  if (guard) {
    hooks["tool.execute.before"] = async (input, output) => {
      const reason = await judge(
        {
          hook_event_name: "PreToolUse",
          session_id: input.sessionID,
          cwd: directory,
          tool_name: input.tool,
          tool_input: output.args,
          tool_use_id: input.callID,
        },
        directory,
      )
      if (reason) throw new Error(reason)
    }
  }
  return hooks
}
