package store

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"agenttrace/lib/event"
)

// meta.json has the keys that agent-strace writes. What is ours stands under
// attribution, where that program keeps what it does not interpret: it drops a
// session whose meta.json has a key that it does not know.
const (
	metaCovers  = "attribution.covers_bytes"
	metaSummary = "attribution.summary"
)

// Summary returns the data of the session's cached session_summary, and
// whether it covers all that the session holds now.
func (s Session) Summary() (data []byte, fresh bool) { return s.summary, s.summary != nil }

// readMeta takes what meta.json says, if it covers the whole session.
func (s *Session) readMeta(root *os.Root) bool {
	raw, err := root.ReadFile(filepath.Join(s.Name, metaFile))
	if err != nil || !gjson.ValidBytes(raw) {
		return false
	}
	covers := gjson.GetBytes(raw, metaCovers)
	summary := gjson.GetBytes(raw, metaSummary)
	if !covers.Exists() || covers.Int() != s.Size || !summary.IsObject() {
		return false
	}
	if id := gjson.GetBytes(raw, "session_id").Str; DirName(id) == s.Name {
		s.ID = id
	} else if s.Name[0] == '~' {
		return false
	}
	start, ok1 := event.Nanos(summary.Get("started_at").Raw)
	end, ok2 := event.Nanos(summary.Get("ended_at").Raw)
	if !ok1 || !ok2 {
		return false
	}
	s.firstNano, s.lastNano = start, end
	s.summary = event.AppendCompact(nil, []byte(summary.Raw)) // whoever edits the file may indent it
	s.parent, s.started = summary.Get("parent_session_id").String(), true
	return true
}

// SaveSummary caches the data of a session's session_summary, which covers
// the first size bytes of its events. What else stands in meta.json stays. The
// file is written anew and renamed, so that a reader never sees half of it.
func (s *Store) SaveSummary(sess Session, size int64, summary []byte) error {
	root, err := s.root(false)
	if err != nil {
		return err
	}
	defer root.Close()
	name := filepath.Join(sess.Name, metaFile)
	raw, err := root.ReadFile(name)
	if err != nil || !gjson.ValidBytes(raw) || !gjson.ParseBytes(raw).IsObject() {
		raw = []byte("{}")
	}
	if raw, err = withSummary(raw, sess.ID, size, gjson.ParseBytes(summary)); err != nil {
		return fmt.Errorf("cannot write %s: %w", filepath.Join(s.dir, name), err)
	}
	var suffix [6]byte
	rand.Read(suffix[:])
	temp := name + "." + hex.EncodeToString(suffix[:])
	if err = root.WriteFile(temp, raw, 0o600); err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		root.Remove(temp)
		return fmt.Errorf("cannot write %s: %w", filepath.Join(s.dir, name), err)
	}
	return nil
}

// withSummary sets our keys in a meta.json, and those of agent-strace that
// follow from the summary.
func withSummary(raw []byte, id string, size int64, sum gjson.Result) ([]byte, error) {
	tokens := sum.Get("tokens")
	total := int64(0)
	for _, class := range []string{"input", "output", "cache_read", "cache_write_5m", "cache_write_1h"} {
		total += tokens.Get(class).Int()
	}
	set := []struct {
		path, raw string
	}{
		{"session_id", string(event.AppendString(nil, id))},
		{"started_at", sum.Get("started_at").Raw},
		{"ended_at", sum.Get("ended_at").Raw},
		{"agent_name", sum.Get("agent").Raw},
		{"tool_calls", sum.Get("tool_calls").Raw},
		{"llm_requests", sum.Get("llm_requests").Raw},
		{"errors", sum.Get("errors").Raw},
		{"total_tokens", fmt.Sprint(total)},
		{"total_duration_ms", sum.Get("duration_ms").Raw},
		{"parent_session_id", sum.Get("parent_session_id").Raw},
		{"parent_event_id", sum.Get("parent_event_id").Raw},
		{metaCovers, fmt.Sprint(size)},
		{metaSummary, sum.Raw},
	}
	var err error
	for _, m := range set {
		if m.raw == "" {
			continue
		}
		if raw, err = sjson.SetRawBytes(raw, m.path, []byte(m.raw)); err != nil {
			return nil, err
		}
	}
	return raw, nil
}
