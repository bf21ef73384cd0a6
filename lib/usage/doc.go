// Package usage gathers what the files in folders of agents tell of the cost of
// sessions, and remembers it from run to run, so that files which have not
// changed are not read again.
//
// Of each transcript of Claude Code it makes steps: the llm_response events as
// [cost.Answer], and of the few other events that tell of cost what the ledger
// reads. They are made from that file alone. What depends on the files before
// it, such as whose an answer is that stands in several, is found when the steps
// of all files are gone through in order, whether they were made now or in a
// run before: so both give the same figures. Files of other agents, and those
// that hold anything but a transcript, are read whole each time.
//
// # What is remembered
//
// For each folder there is one file below [Dir]. It holds no texts: of a
// session its id, version and kind of subagent, and of answers ids, models,
// times and numbers. It is written anew to a temporary file that is renamed,
// with permissions for the user alone, when that is less work than reading what
// is new once more. One that is damaged, or was written by another version of
// the program, is not used.
//
// An entry counts if its file has the same device, inode, size, and times of
// change. Times are not sure if the file was changed just before it was read:
// then its bytes must have the same checksum. If a file became longer and its
// bytes so far have the same checksum, only what is new is read, from where the
// last message began that might have gone on. Of a file that is not a
// transcript it is only remembered that it is none.
//
// Of answers that stand in one file alone, the sums are remembered too, by
// session, model, way of serving and quarter of an hour, priced by the table of
// the program. They are used where that table is, and nothing but a report by
// session, model, agent or day is asked for; where a file that is new or has
// changed tells one of the answers again, all of the entry is gone through.
//
// # Estimates
//
// A transcript that tells no usage at all is read whole each time, so that a
// ledger can work out an estimate from its texts.
package usage
