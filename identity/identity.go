// Package identity says when two things that records name are one: two statements one claim, two sources one, two
// addresses one page. Search folds what writers take for the same (package fold); identity does not, since a wrong merge
// is worse than a missing one. What looks alike and is not one is for people to decide, and the rules here give the
// reason.
//
// It must not know what is stored, nor files or HTTP: each rule is a function of what one or two records say. Whether a
// domain is shared by several names, or a match was rejected, is for those to judge who see them all.
package identity
