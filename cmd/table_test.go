package cmd_test

import "regexp"

// A shape is what a command is in a pipeline.
type shape string

const (
	source shape = "source" // world → events
	filter shape = "filter" // events → events
	report shape = "report" // events → text or records
	gate   shape = "gate"   // events → verdict
	sink   shape = "sink"   // events → world
	setup  shape = "set-up"
)

// A command says what its contract is.
type command struct {
	shape shape
	args  []string // what it needs to run at all
	runs  []run    // ways to run it on a stream of events
}

// A run is a way to run a command that reads events. $DIR in its arguments is
// a folder of the test's own.
type run struct {
	args   []string
	passes bool   // every line of the input is in the output, byte for byte, in order
	text   bool   // the output is text for people, not NDJSON
	adds   string // the key that it adds to events
	makes  string // the type of the records that it makes, and drops on input
	waits  bool   // it may hold events back until it knows more
	scrubs bool   // it passes lines on that are not events, with what it looks for replaced
	strict bool   // it drops lines that are not events, instead of passing them on
}

// table has every command. One that is missing fails the tests.
var table = map[string]command{
	"at-capture": {shape: source, runs: []run{
		{passes: true, strict: true},
	}},
	"at-cat":         {shape: source},
	"at-ls":          {shape: source},
	"at-record":      {shape: source},
	"at-record-http": {shape: source, args: []string{"--port", "0", "http://127.0.0.1:9/"}},
	"at-save": {shape: sink, runs: []run{
		{args: []string{"--trace-dir", "$DIR"}},
		{args: []string{"--trace-dir", "$DIR", "--tee"}, passes: true},
	}},
	"at-otlp": {shape: sink, runs: []run{
		{},
		{args: []string{"--signals", "logs", "--content", "full"}},
		{args: []string{"--signals", "metrics"}},
	}},
	"at-langfuse": {shape: sink, runs: []run{
		{args: []string{"--dry-run"}},
		{args: []string{"--dry-run", "--only", "scores"}},
	}},
	"at-csv": {shape: report, runs: []run{
		{text: true},
		{args: []string{"--format", "json"}, text: true}, // one array, not NDJSON
	}},
	"at-phase": {shape: filter, runs: []run{
		{passes: true, adds: "phase", makes: "phase", waits: true},
	}},
	"at-mask":   {shape: filter, runs: []run{{args: []string{"--plain"}, scrubs: true}}},
	"at-redact": {shape: filter, runs: []run{{args: []string{"--plain"}, passes: true}}},
	"at-grep": {shape: filter, runs: []run{
		{passes: true},
		{args: []string{"--not", "--type", "absent"}, passes: true},
		{args: []string{"--not", "--sessions", "--type", "absent"}, waits: true},
	}},
	"at-annotate":  {shape: setup, args: []string{"--list"}},
	"at-explain":   reportOf("phase"),
	"at-tree":      reportOf("tree"),
	"at-cost":      reportOf("cost"),
	"at-budget":    {shape: gate, runs: reportOf("budget").runs},
	"at-curve":     reportOf("curve"),
	"at-inflation": reportOf("inflation"),
	"at-diff":      {shape: report}, // needs two sessions
	"at-why": {shape: report, runs: []run{
		{text: true},
		{args: []string{"--format", "json", "--all"}, makes: "cause"},
		{args: []string{"--tee"}, passes: true, makes: "cause"},
	}},
	"at-audit":       {shape: gate, runs: []run{{text: true}, {args: []string{"--format", "json"}, makes: "violation"}}},
	"at-audit-tools": {shape: gate, args: []string{"--repo", "."}}, // reads a repository, not events
	"at-guard":       {shape: setup, args: []string{"--explain"}},
	"at-policy":      {shape: report, runs: []run{{text: true}}},
	"at-watch": {shape: gate, runs: []run{
		{args: []string{"--trace-dir", "$DIR", "--max-cost", "1000"}, makes: "alert"},
		{args: []string{"--trace-dir", "$DIR", "--max-cost", "1000", "--format", "text"}, text: true},
		{args: []string{"--trace-dir", "$DIR", "--max-cost", "1000", "--tee"}, passes: true, makes: "alert"},
	}},
	"at-postmortem": {shape: report, runs: []run{
		{text: true},
		{args: []string{"--format", "markdown"}, text: true},
		{args: []string{"--format", "json"}, makes: "postmortem"},
		{args: []string{"--tee"}, passes: true, makes: "postmortem"},
	}},
	"at-summary": reportOf("session_summary"),
	"at-replay": {shape: report, runs: []run{
		{text: true},
		{args: []string{"--expand-subagents"}, text: true},
		{args: []string{"--tree"}, text: true},
	}},
	"at-setup": {shape: setup, args: []string{"claude"}},
}

// reportOf is the contract of a report that makes records of a type.
func reportOf(typ string) command {
	return command{shape: report, runs: []run{
		{text: true},
		{args: []string{"--format", "json"}, makes: typ},
		{args: []string{"--tee"}, passes: true, makes: typ},
	}}
}

// without returns a line as it was before the run added its key.
func (r run) without(line []byte) []byte {
	if r.adds == "" {
		return line
	}
	return regexp.MustCompile(`,"`+r.adds+`":[^,{}]*\}$`).ReplaceAll(line, []byte("}"))
}
