package redact

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// List prints the rules: name, whose secret it is, its shape or what it finds.
func (r *Redactor) List(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, x := range Rules() {
		if !r.off[x.Name] {
			fmt.Fprintf(tw, "%s\t%s\t%s\n", x.Name, x.Provider, x.Shape+x.About)
		}
	}
	for _, p := range r.extra {
		what := p.Shape
		switch {
		case p.RE != nil:
			what = p.RE.String()
		case len(p.Names) > 0:
			what = fmt.Sprint("values under ", p.Names)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", p.Name, "added", what)
	}
	return tw.Flush()
}
