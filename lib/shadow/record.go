package shadow

import (
	"strconv"

	"agenttrace/lib/event"
)

// RecordType is the type of the records that Records makes.
const RecordType = "ai_tool"

// Records calls write with a record for each finding. session stands for the
// repository: the id of the commit that was audited.
func (r *Report) Records(session string, write func(line []byte) error) error {
	var b []byte
	for i := range r.Findings {
		f := &r.Findings[i]
		var o event.Object
		o.Str("kind", f.Kind).Str("id", f.ID).Str("name", f.Name).Raw("approved", strconv.AppendBool(nil, f.Approved)).Str("confidence", f.Confidence)
		if f.Commits > 0 {
			o.Int("commits", int64(f.Commits))
		}
		o.Str("provider", f.Provider)
		if v := f.Server; v != nil {
			o.Str("command", v.Command).Str("package", v.Package).Str("url", v.URL)
			if len(v.Env) > 0 {
				o.Strs("env", v.Env)
			}
			if len(v.Secrets) > 0 {
				o.Strs("secrets", v.Secrets)
			}
			o.True("unpinned", v.Unpinned)
		}
		list := []byte{'['}
		place := ""
		h := event.Header{Type: RecordType, Session: session, Untimed: true}
		for n, e := range f.Evidence {
			if n > 0 {
				list = append(list, ',')
			}
			var eo event.Object
			eo.Str("kind", e.Kind).Str("path", e.Path)
			if e.Line > 0 {
				eo.Int("line", int64(e.Line))
			}
			eo.Str("commit", e.Commit).Str("text", e.Text)
			list = append(list, eo.Bytes()...)
			if e.Unix > 0 && (h.Untimed || e.Unix*1e9 > h.UnixNano) {
				h.Untimed, h.UnixNano = false, e.Unix*1e9
			}
			if n == 0 {
				place = e.Path + ":" + strconv.Itoa(e.Line) + ":" + e.Commit
			}
		}
		o.Raw("evidence", append(list, ']'))
		if f.Kind != KindPII && f.Kind != KindServer {
			place = ""
		}
		h.ID = event.ID(session, RecordType, f.Kind, f.ID, place)
		b = event.Append(b[:0], h, o.Bytes())
		if err := write(b); err != nil {
			return err
		}
	}
	return nil
}
