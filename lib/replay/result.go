package replay

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/text"
	"agenttrace/lib/tool"
)

// result tells what a tool gave. The shapes are those of Claude Code where a
// tool gives an object; other agents give texts and content blocks.
func (d *description) result(data *object) {
	raw := data.bytes("result")
	if raw == nil || string(raw) == "null" {
		raw = data.bytes("content")
	}
	if raw == nil {
		raw = data.bytes("content_preview")
	}
	if raw == nil {
		return
	}
	if raw[0] == '{' {
		v := d.view.inner.index(raw)
		d.when(v.Get("interrupted").Bool(), "interrupted")
		d.when(v.Get("backgroundTaskId").Exists(), "in the background")
		d.when(v.Get("isImage").Bool(), "image")
		if d.object(v) {
			return
		}
	}
	s, ok := words(gjson.ParseBytes(raw), 0)
	if shown := data.Get("content"); !ok && shown.Exists() {
		s = plain(shown) // what the model was told of it
	}
	if tool.Parse(d.name, nil).Kind == tool.Read && strings.Contains(s, "\n") {
		d.line(text.Count(lines(s), "line"))
		return
	}
	d.text(s)
}

// object tells what the objects of shell, file and search tools say, and
// reports whether it was one.
func (d *description) object(v *object) bool {
	if s := streams(v); s != "" {
		d.text(s)
		return true
	}
	if f := v.Get("file"); f.IsObject() {
		d.line(readLines(v, f))
		return true
	}
	if path := v.Get("filePath").String(); path != "" && !v.Get("plan").Exists() {
		d.line(path + changed(v))
		return true
	}
	if names := v.Get("filenames"); names.IsArray() {
		if s := v.Get("content").String(); s != "" {
			d.text(s)
			return true
		}
		if n := v.Get("numFiles"); n.Type == gjson.Number {
			d.line(text.Count(int(n.Int()), "file"))
		}
		d.text(plain(names))
		return true
	}
	return false
}

// readLines tells how much of a file was read.
func readLines(v *object, file gjson.Result) string {
	n, total := file.Get("numLines"), file.Get("totalLines")
	switch {
	case n.Type != gjson.Number:
		if t := v.Get("type").String(); t != "" && t != "text" {
			return t
		}
		return file.Get("filePath").String()
	case total.Type == gjson.Number && total.Int() != n.Int():
		return fmt.Sprintf("%d of %s", n.Int(), text.Count(int(total.Int()), "line"))
	}
	return text.Count(int(n.Int()), "line")
}

// changed tells how many lines an edit added and removed, " (+3 -1)", or how
// many lines a new file has. It returns "" where that is not told.
func changed(v *object) string {
	added, removed := 0, 0
	hunks := v.Get("structuredPatch")
	hunks.ForEach(func(_, hunk gjson.Result) bool {
		hunk.Get("lines").ForEach(func(_, line gjson.Result) bool {
			switch {
			case strings.HasPrefix(line.Str, "+"):
				added++
			case strings.HasPrefix(line.Str, "-"):
				removed++
			}
			return true
		})
		return true
	})
	if added+removed > 0 {
		return fmt.Sprintf(" (+%d -%d)", added, removed)
	}
	if s := v.Get("content"); s.Type == gjson.String && v.Get("type").String() == "create" {
		return " (new, " + text.Count(lines(s.Str), "line") + ")"
	}
	return ""
}

// lines counts the lines of a text; the last may lack its newline.
func lines(s string) int {
	n := strings.Count(s, "\n")
	if s != "" && !strings.HasSuffix(s, "\n") {
		n++
	}
	return n
}
