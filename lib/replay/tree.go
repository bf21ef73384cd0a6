package replay

import (
	"cmp"
	"fmt"
	"io"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// A Tree prints who started whom: a line for each session, with its agent or
// kind of subagent, its duration, and how many tool calls and errors it had.
// It holds some numbers of each session until the end of the stream.
type Tree struct {
	view
	kinship
	out io.Writer
}

// NewTree returns a Tree that prints to out.
func NewTree(out io.Writer, o Options) *Tree {
	return &Tree{view: newView(o), out: out}
}

// Event takes an event.
func (t *Tree) Event(e event.Event) error {
	s, number, _ := t.take(e)
	t.note(e, s, number)
	return nil
}

// A branch is a session in the tree, with the lines that lead to it.
type branch struct {
	s      *session
	lead   string // before the id
	below  string // before the ids of its children
	length int    // how many sessions its tree has; 0 if it is not the root
}

// Close prints the tree.
func (t *Tree) Close() error {
	roots, children := t.forest()
	addUp(roots, children)
	var list []branch
	for _, s := range roots {
		list = append(list, branches(s, children)...)
	}
	var cols [][5]string
	var width [5]int
	for _, br := range list {
		c := br.columns()
		for i := range c {
			width[i] = max(width[i], text.Width(c[i]))
		}
		cols = append(cols, c)
	}
	var b []byte
	left := 0 // sessions of the tree that are still to come
	var root *session
	for i, br := range list {
		if br.length > 0 {
			if i > 0 {
				b = append(b, '\n')
			}
			root, left = br.s, br.length
		}
		b = t.line(b, br, cols[i], width)
		if left--; left == 0 && root.subagents > 0 {
			b = fmt.Appendf(b, "Total: %s, %s, %s\n", text.Count(1+root.subagents, "session"),
				text.Count(root.toolCalls+root.childCalls, "tool call"), text.Count(root.errors+root.childErrors, "error"))
		}
		if len(b) > 64<<10 || i == len(list)-1 {
			if _, err := t.out.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	return nil
}

// branches returns the tree of a root, parents before their children.
func branches(root *session, children map[*session][]*session) []branch {
	var list []branch
	stack := []branch{{s: root}}
	deep := len("│  ") * maxIndent
	for len(stack) > 0 {
		br := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		list = append(list, br)
		kids := children[br.s]
		for i := len(kids) - 1; i >= 0; i-- {
			lead, below := "├─ ", "│  "
			if i == len(kids)-1 {
				lead, below = "└─ ", "   "
			}
			if len(br.below)+len(below) > deep {
				below = ""
			}
			stack = append(stack, branch{s: kids[i], lead: br.below + lead, below: br.below + below})
		}
	}
	list[0].length = len(list)
	return list
}

// columns returns what the line of a session shows.
func (br branch) columns() (c [5]string) {
	s := br.s
	c[0] = br.lead + cmp.Or(text.Line(s.id, 100), "-")
	c[1] = cmp.Or(text.Line(s.agentType, 30), text.Line(s.agent, 30), "-")
	c[2] = "-"
	if d, ok := s.duration(); ok {
		c[2] = seconds(d)
	}
	c[3] = text.Count(s.toolCalls, "tool")
	if n := s.errors + s.apiErrors; n > 0 {
		c[4] = text.Count(n, "error")
	}
	return c
}

// line appends the line of a session. Text stands left, numbers right.
func (t *Tree) line(b []byte, br branch, c [5]string, width [5]int) []byte {
	b = t.paint(b, bold, text.Pad(c[0], width[0]))
	b = append(b, "  "+text.Pad(c[1], width[1])...)
	for i := 2; i < 4; i++ {
		b = fmt.Appendf(b, "  %*s", width[i], c[i])
	}
	tail := text.Line(br.s.description, 60)
	if br.length > 0 && br.s.parent != "" {
		tail = "started by " + text.Line(br.s.parent, 60)
	}
	if c[4] == "" && tail == "" {
		return append(b, '\n')
	}
	b = append(b, "  "...)
	if tail == "" {
		b = t.paint(b, red, c[4])
		return append(b, '\n')
	}
	b = t.paint(b, red, text.Pad(c[4], width[4]))
	if width[4] > 0 {
		b = append(b, "  "...)
	}
	b = append(b, tail...)
	return append(b, '\n')
}
