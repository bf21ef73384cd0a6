package usage

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"agenttrace/lib/cost"
	"agenttrace/lib/find"
)

// TestDatabase checks that the sessions in a data base are counted, and what is
// added to it later, though it is only in its log and files are remembered.
func TestDatabase(t *testing.T) {
	w := &world{t: t, r: rand.New(rand.NewPCG(3, 7)), dir: t.TempDir(), side: map[string]string{}, clock: time.Date(2026, 8, 1, 7, 0, 0, 0, time.UTC), worth: 1}
	cache := t.TempDir()
	c, err := sqlite3.Open(filepath.Join(w.dir, "opencode.db"))
	w.must(err)
	defer c.Close()
	w.must(c.Exec(`PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0;
CREATE TABLE session (id, project_id, slug, directory, title, version, time_created, time_updated);
CREATE TABLE message (id PRIMARY KEY, session_id, time_created, time_updated, data);
CREATE TABLE part (id PRIMARY KEY, message_id, session_id, time_created, time_updated, data);
INSERT INTO session VALUES ('ses_1', 'p', 's', '/w', 't', '1', 1795332034000, 1795332034000);
PRAGMA wal_checkpoint(TRUNCATE)`))
	for _, id := range []string{"msg_1", "msg_2", "msg_3"} {
		w.must(c.Exec(`INSERT INTO message VALUES ('` + id + `', 'ses_1', 1795332034000, 1, '{"role":"assistant","modelID":"claude-` + id + `","tokens":{"input":1000,"output":50,"cache":{"read":0,"write":0}},"time":{"created":1795332034000,"completed":1795332035000},"finish":"stop"}')`))
		for range 2 {
			if got := w.read(cache, cost.ByModel, false, find.Agents()); got.problems != "" || !strings.Contains(got.text, "claude-"+id) || !strings.Contains(got.text, "claude-msg_1") {
				t.Errorf("with %s: %s %s", id, got.text, got.problems)
			}
		}
	}
}
