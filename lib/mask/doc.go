// Package mask finds personal data in text: e-mail addresses, phone numbers,
// payment cards, bank accounts, the names of users in paths, and what stands
// under keys that name a person's data.
//
// Whatever has a check digit is checked, and whatever has not must look like
// it in a way that little else does, or be announced by a word or a key. All
// of it is found by hand, without regular expressions, in a time that grows
// with the length of the text and no faster. Patterns of the user's own are
// regular expressions of package regexp, for which the same holds.
package mask
