package find

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"

	"agenttrace/lib/sqlite"
)

// zstdMagic is how a frame of Zstandard begins (RFC 8878, 3.1.1). Codex
// compresses the rollouts of old sessions.
var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// maxWindow is the largest window of a Zstandard frame that is accepted, in
// bytes: what zstd itself takes without being asked, see its --memory.
const maxWindow = 128 << 20

// Open opens a file, and decompresses it if it is compressed. count, if not nil,
// wraps the file as it is on the disk, to watch how much of it has been read.
func Open(path string, count func(io.ReadCloser) io.ReadCloser) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if count != nil {
		return Inflate(count(f))
	}
	return Inflate(f)
}

// Inflate returns what r holds, decompressed if it is compressed. It reads no
// more than is needed to tell, so that a pipe is not waited for.
func Inflate(r io.ReadCloser) (io.ReadCloser, error) {
	head := make([]byte, len(sqlite.Magic))
	n := 0
	for n < len(head) && !bytes.Equal(head[:n], zstdMagic) && (bytes.HasPrefix(zstdMagic, head[:n]) || strings.HasPrefix(sqlite.Magic, string(head[:n]))) {
		k, err := r.Read(head[n : n+1])
		n += k
		if err == io.EOF {
			break
		}
		if err != nil {
			r.Close()
			return nil, err
		}
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	if string(head[:n]) == sqlite.Magic {
		r.Close()
		return nil, errors.New("a SQLite data base is read as a FILE only")
	}
	if !bytes.Equal(head[:n], zstdMagic) {
		return opened{whole, r.Close}, nil
	}
	z, err := zstd.NewReader(bufio.NewReader(whole), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		r.Close()
		return nil, err
	}
	return opened{z, func() error {
		z.Close()
		return r.Close()
	}}, nil
}

type opened struct {
	io.Reader
	close func() error
}

func (o opened) Close() error { return o.close() }
