// Package sqlite reads SQLite data bases that other programs write, as they
// are at one moment, and leaves no trace beside them: it takes no lock, makes
// no file, and writes nothing.
//
// # How
//
// A [Snapshot] is the data base file, and over it the pages that its
// write-ahead log (NAME-wal) holds up to the last transaction that was
// committed. SQLite itself reads that as a data base that cannot change. What
// others do meanwhile is either harmless (they append to the log) or is found
// out: a checkpoint, which copies the log into the file, changes the time of
// the file; one that begins the log anew changes its salts. [Snapshot.Intact]
// tells whether anything of the kind has happened, and what was read is used
// only if it says so after the reading.
//
// Opening a data base read-only in the usual way would need its shared memory
// (NAME-shm), which is made if it is not there, and locked; and the option
// immutable does not read the log, where the newest rows are.
//
// The formats are those of https://www.sqlite.org/fileformat2.html: the header
// of the file in 1.3, the rollback journal in 3, the log in 4.
package sqlite
