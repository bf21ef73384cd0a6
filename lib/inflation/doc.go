// Package inflation works out what the same text is to another model: how many
// tokens, and what they cost.
//
// A tokenizer does not make every text longer by the same factor: prose grows by
// half where Chinese does not grow at all. So the text of a session is sorted by
// its kind, weighed by how often it was read (a tool's result is read again by
// every request until the context is compacted), and the tokens that were
// recorded are taken by the ratio of that mix, with the least and the most that
// was measured.
package inflation
