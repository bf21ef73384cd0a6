package cli

import (
	"fmt"
	"go/doc/comment"
	"os"
	"strconv"
	"strings"
)

// commentOf returns the text of the package comment of a doc.go.
func commentOf(src string) string {
	var b strings.Builder
	for line := range strings.Lines(src) {
		text, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		b.WriteString(strings.TrimPrefix(text, " "))
	}
	return b.String()
}

// summaryOf returns the first sentence without the command's name: what the
// command does. It is looked for by hand, since every start of a command needs
// it and parsing the whole comment takes longer than the rest of the start.
func summaryOf(src string) string {
	first, _, _ := strings.Cut(commentOf(src), "\n\n")
	first = strings.Join(strings.Fields(first), " ")
	first, _, _ = strings.Cut(first, ". ")
	_, rest, _ := strings.Cut(strings.TrimSuffix(first, "."), " ")
	return rest
}

// plainText returns the comment after its first paragraph for --help.
func plainText(src string) string {
	_, rest, _ := strings.Cut(commentOf(src), "\n\n")
	var p comment.Parser
	pr := comment.Printer{TextWidth: 78, TextCodePrefix: "  "}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 40 {
		pr.TextWidth = n - 2
	}
	return string(pr.Text(p.Parse(rest)))
}

func plain(ts []comment.Text) string {
	var b strings.Builder
	for _, t := range ts {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		case *comment.Link:
			b.WriteString(plain(t.Text))
		case *comment.DocLink:
			b.WriteString(plain(t.Text))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

var roffEscape = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n.", "\n\\&.", "\n'", "\n\\&'")

// roff returns the comment after its first paragraph as man(7) source.
func roff(src string) string {
	var p comment.Parser
	content := p.Parse(commentOf(src)).Content
	var b strings.Builder
	for _, c := range content[min(1, len(content)):] {
		switch c := c.(type) {
		case *comment.Heading:
			fmt.Fprintf(&b, ".SH %q\n", strings.ToUpper(plain(c.Text)))
		case *comment.Paragraph:
			fmt.Fprintf(&b, ".PP\n%s\n", roffEscape.Replace(plain(c.Text)))
		case *comment.Code:
			fmt.Fprintf(&b, ".PP\n.EX\n%s.EE\n", roffEscape.Replace(c.Text))
		case *comment.List:
			for _, it := range c.Items {
				fmt.Fprintf(&b, ".IP \\(bu 2\n%s\n", roffEscape.Replace(plain(it.Content[0].(*comment.Paragraph).Text)))
			}
		}
	}
	return b.String()
}

const usageTemplate = `usage: {{.App.Name}}{{template "Synopsis" .App}}

{{.App.Help}}

{{Text}}
Options:
{{.Context.Flags|FlagsToTwoColumns|FormatTwoColumns}}{{if .Context.Args}}
Arguments:
{{.Context.Args|ArgsToTwoColumns|FormatTwoColumns}}{{end}}{{define "Synopsis"}} [OPTION…]{{range .Args}}{{if .Required}} {{.Name}}{{else}} [{{.Name}}…]{{end}}{{end}}{{end}}`

const manTemplate = `.TH {{.App.Name}} 1 "" "{{.App.Version}}" "agent-trace"
.SH "NAME"
{{Name}}
.SH "SYNOPSIS"
\fB{{.App.Name}}\fR{{range .App.Flags}}{{if not .Hidden}} [\-\-{{.Name}}{{if not .IsBoolFlag}}={{.FormatPlaceHolder}}{{end}}]{{end}}{{end}}{{range .App.Args}}{{if .Required}} {{.Name}}{{else}} [{{.Name}}...]{{end}}{{end}}
.SH "DESCRIPTION"
{{Man}}.SH "OPTIONS"
{{range .App.Flags}}{{if not .Hidden}}.TP
\fB{{if .Short}}\-{{.Short|Char}}, {{end}}\-\-{{.Name}}{{if not .IsBoolFlag}}={{.FormatPlaceHolder}}{{end}}\fR
{{.Help}}
{{end}}{{end}}`
