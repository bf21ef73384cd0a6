package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// The log has a header, and frames, each a header and a page.
const (
	walHeader   = 32
	frameHeader = 24
	walMagic    = 0x377f0682 // with the last bit set, checksums are big-endian
)

// IsLog reports whether a file that begins so is the log of a data base.
func IsLog(head []byte) bool {
	return len(head) >= 4 && binary.BigEndian.Uint32(head)&^1 == walMagic
}

// wal is the part of a log that counts: up to the last commit.
type wal struct {
	file   *os.File
	was    fs.FileInfo
	still  bool // a further change would show in its time
	head   [walHeader]byte
	page   int64            // size of a page
	pages  int64            // of the data base after the last commit; 0 if there is none
	frames map[uint32]int64 // page → where its newest content stands
}

// openWAL returns the log of a data base, nil if there is none. page is the size of the data base's pages, 0 if it has none yet.
func openWAL(path string, page int64) (_ *wal, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := &wal{file: f, frames: map[uint32]int64{}}
	if err = w.scan(page); err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// scan finds the frames that count. What comes behind the last of them was
// there before the log was begun anew, or is being written.
func (w *wal) scan(page int64) error {
	var err error
	if w.was, err = w.file.Stat(); err != nil {
		return err
	}
	w.still = time.Since(w.was.ModTime()) >= settle
	r := bufio.NewReaderSize(w.file, 1<<18)
	if _, err := io.ReadFull(r, w.head[:]); err != nil {
		return atEnd(err)
	}
	var sum checksum
	if binary.BigEndian.Uint32(w.head[:])&1 == 1 {
		sum.order = binary.BigEndian
	} else {
		sum.order = binary.LittleEndian
	}
	w.page = int64(binary.BigEndian.Uint32(w.head[8:]))
	sum.add(w.head[:24])
	switch {
	case !IsLog(w.head[:]) || !sum.is(w.head[24:]):
		return nil
	case w.page < 512 || w.page > 1<<16 || w.page&(w.page-1) != 0 || page != 0 && page != w.page:
		return nil
	}
	frame := make([]byte, frameHeader+w.page)
	pending := map[uint32]int64{} // not committed yet
	for at := int64(walHeader); ; at += int64(len(frame)) {
		if _, err := io.ReadFull(r, frame); err != nil {
			return atEnd(err)
		}
		number, pages := binary.BigEndian.Uint32(frame), binary.BigEndian.Uint32(frame[4:])
		sum.add(frame[:8])
		sum.add(frame[frameHeader:])
		if number == 0 || string(frame[8:16]) != string(w.head[16:24]) || !sum.is(frame[16:]) {
			return nil
		}
		pending[number] = at + frameHeader
		if pages > 0 {
			w.pages = int64(pages)
			for n, place := range pending {
				w.frames[n] = place
			}
			clear(pending)
		}
	}
}

func atEnd(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// find returns where the log has a page.
func (w *wal) find(page uint32) (int64, bool) {
	if w == nil {
		return 0, false
	}
	at, ok := w.frames[page]
	return at, ok
}

// intact reports whether what counts of the log is there still: it was not
// begun anew.
func (w *wal) intact() bool {
	if w == nil || w.pages == 0 {
		return true
	}
	var head [walHeader]byte
	_, err := w.file.ReadAt(head[:], 0)
	return err == nil && head == w.head
}

// current reports whether the log, which is at path, is as it was.
func (w *wal) current(path string) bool {
	info, err := os.Stat(path)
	if w == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return err == nil && w.still && os.SameFile(info, w.was) && info.Size() == w.was.Size() && info.ModTime().Equal(w.was.ModTime())
}

// checksum is the one of a log: over all that stands before (4.2).
type checksum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (c *checksum) add(b []byte) {
	s0, s1 := c.s0, c.s1
	if c.order == binary.BigEndian {
		for ; len(b) >= 8; b = b[8:] {
			s0 += binary.BigEndian.Uint32(b) + s1
			s1 += binary.BigEndian.Uint32(b[4:]) + s0
		}
	} else {
		for ; len(b) >= 8; b = b[8:] {
			s0 += binary.LittleEndian.Uint32(b) + s1
			s1 += binary.LittleEndian.Uint32(b[4:]) + s0
		}
	}
	c.s0, c.s1 = s0, s1
}

// is reports whether the sum is the one that stands here, which is always
// big-endian.
func (c *checksum) is(b []byte) bool {
	return binary.BigEndian.Uint32(b) == c.s0 && binary.BigEndian.Uint32(b[4:]) == c.s1
}
