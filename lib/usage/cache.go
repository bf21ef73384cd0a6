package usage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"agenttrace/lib/price"
)

// Dir returns the directory for what is remembered: agent-trace in
// $XDG_CACHE_HOME, else in ~/.cache (XDG Base Directory Specification 0.8); ""
// if there is none.
func Dir() string {
	base := os.Getenv("XDG_CACHE_HOME")
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil || !filepath.IsAbs(home) {
			return ""
		}
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "agent-trace")
}

// magic begins every file of a cache; its number is that of the format.
const magic = "agent-trace usage 2\n"

// mark tells the program and the table of prices that a cache belongs to. A
// program that was built anew is another one.
func mark(version string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%v\n", version, price.Version, price.TableDate)
	if exe, err := os.Executable(); err == nil {
		if info, err := os.Stat(exe); err == nil {
			fmt.Fprintf(h, "%d %d\n", info.Size(), info.ModTime().UnixNano())
		}
	}
	return h.Sum(nil)
}

// cacheFile is where the entries of a root are remembered, for some agents.
func (r *Reader) cacheFile(root Root) string {
	if r.Cache == "" {
		return ""
	}
	full, err := filepath.Abs(root.Dir)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", full, root.Agents))
	return filepath.Join(r.Cache, "usage-"+hex.EncodeToString(sum[:12]))
}

// load reads the entries of a root; none if there are none that can be used.
func (r *Reader) load(name string) map[string]*entry {
	if name == "" {
		return nil
	}
	raw, err := os.ReadFile(name)
	head := append([]byte(magic), r.mark()...)
	if err != nil || len(raw) < len(head)+4 || !bytes.HasPrefix(raw, head) {
		return nil
	}
	body, sum := raw[:len(raw)-4], binary.LittleEndian.Uint32(raw[len(raw)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil
	}
	d := decoder{b: body[len(head):]}
	n := d.uint()
	list := make(map[string]*entry, min(n, 1<<20))
	for ; n > 0 && !d.bad; n-- {
		x := d.entry()
		list[x.path] = x
	}
	if d.bad || len(d.b) > 0 {
		return nil
	}
	return list
}

// save writes the entries of a root. What fails is not told: it will be read
// again.
func (r *Reader) save(name string, list []*entry) {
	if name == "" {
		return
	}
	e := encoder{b: append([]byte(magic), r.mark()...)}
	e.uint(uint64(len(list)))
	for _, x := range list {
		e.entry(x)
	}
	e.b = binary.LittleEndian.AppendUint32(e.b, crc32.Checksum(e.b, castagnoli))
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".usage-*") // with 0600
	if err != nil {
		return
	}
	_, err = f.Write(e.b)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil || os.Rename(f.Name(), name) != nil {
		os.Remove(f.Name())
	}
}
