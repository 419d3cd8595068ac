// Package headwater is the client of Headwater: claims with the chains of who told whom that carried them, how many
// independent origins stand behind each, and what speaks against it.
//
// What is in headwater.gen.go, a type for everything and a method for every operation, is made from the service's OpenAPI
// document. The rest is what makes it comfortable: lists are walked with range, what can be asked again is asked again,
// errors have a type, bundles are read and written a line at a time, and [Client.Chains] gives chains with names.
//
// In the types, what may be missing is the zero value where it is. Numbers and objects, which may be given and zero, are
// pointers there: new(0.5) makes one. Of a patch, null takes a member away: see [nullable.Nullable]. Numbers of claims and
// ratings are exact decimals, as [encoding/json.Number]. Offsets count code points: see [Cut] and [Select].
//
// It must not know how the service works inside: it imports nothing of it.
package headwater
