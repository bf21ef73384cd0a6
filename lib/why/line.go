package why

import (
	"strings"

	"agenttrace/lib/tool"
)

// A line is what is known of a shell line. Lines come again and again, so they
// are read once.
type line struct {
	text          string
	reads, writes []string
	runs          []string // arguments and programs that may be files
	names         [][]byte // words of arguments that are paths or identifiers
	act           string
	tried         uint64
}

// maxBlanks is how many an argument has at most that names something: a commit
// message does not.
const maxBlanks = 4

// maxLines is how many lines are remembered; then all are forgotten.
const maxLines = 4096

func (g *Graph) parse(text string) *line {
	if l := g.lines[text]; l != nil {
		return l
	}
	if g.lines == nil || len(g.lines) >= maxLines {
		g.lines = map[string]*line{}
	}
	l := &line{text: strings.Clone(text)}
	l.act = tool.ActOther
	for _, c := range tool.Commands(l.text) {
		for _, p := range c.Reads {
			l.reads = append(l.reads, c.From(p))
		}
		for _, p := range c.Writes {
			l.writes = append(l.writes, c.From(p))
		}
		if strings.ContainsAny(c.Program, "/.") {
			l.runs = append(l.runs, c.From(c.Program))
		}
		for _, a := range c.Args {
			if len(l.runs) < maxSubjects && telling([]byte(a)) {
				l.runs = append(l.runs, c.From(a))
			}
			if len(a) < maxToken && strings.Count(a, " ") < maxBlanks { // else it is prose or code
				tokens([]byte(a), func(tok []byte) { l.names = append(l.names, tok) })
			}
		}
		switch act := c.Activity(); act {
		case tool.ActTest, tool.ActBuild, tool.ActLint:
			l.act = act
		case tool.ActSearch:
			if l.act == tool.ActOther {
				l.act = act
			}
		}
	}
	g.lines[l.text] = l
	return l
}

// intent is the hash of the line's tool.Intent.
func (l *line) intent() uint64 {
	if l.tried == 0 {
		l.tried = hash(tool.Intent(l.text))
	}
	return l.tried
}
