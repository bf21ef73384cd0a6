package sqlite

import (
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// files is a file system in which there is nothing but a snapshot, which
// cannot be written.
type files struct{ *Snapshot }

func (f files) Open(_ string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if flags&vfs.OPEN_MAIN_DB == 0 {
		return nil, flags, sqlite3.CANTOPEN
	}
	return file(f), flags | vfs.OPEN_READONLY, nil
}

func (files) Delete(string, bool) error                   { return sqlite3.IOERR_DELETE }
func (files) Access(string, vfs.AccessFlag) (bool, error) { return false, nil }
func (files) FullPathname(name string) (string, error)    { return name, nil }

// file is the one that is there. It is immutable, so that SQLite locks nothing
// and looks for no journal.
type file struct{ *Snapshot }

func (file) Close() error                                    { return nil }
func (file) WriteAt([]byte, int64) (int, error)              { return 0, sqlite3.IOERR_WRITE }
func (file) Truncate(int64) error                            { return sqlite3.IOERR_TRUNCATE }
func (file) Sync(vfs.SyncFlag) error                         { return sqlite3.IOERR_FSYNC }
func (file) Lock(vfs.LockLevel) error                        { return sqlite3.IOERR_LOCK }
func (file) Unlock(vfs.LockLevel) error                      { return sqlite3.IOERR_UNLOCK }
func (file) CheckReservedLock() (bool, error)                { return false, sqlite3.IOERR_CHECKRESERVEDLOCK }
func (file) SectorSize() int                                 { return 0 }
func (file) DeviceCharacteristics() vfs.DeviceCharacteristic { return vfs.IOCAP_IMMUTABLE }
