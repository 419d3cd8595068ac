package testdata

// HostileNames are names that reach beyond themselves where they are shown as they are, each with the character that does.
var HostileNames = map[string]string{
	"clear \x1b[2J screen":                 "U+001B",
	"title \x1b]0;owned\x07":               "U+001B",
	"link \x1b]8;;http://evil.example\x1b": "U+001B",
	"one-byte \u009b31m red":               "U+009B",
	"next \u0085 line":                     "U+0085",
	"command \u009d0;owned\u009c":          "U+009D",
	"bell \x07":                            "U+0007",
	"back \b\b\b\b":                        "U+0008",
	"return \rover it":                     "U+000D",
	"break \n  ├─ forged":                  "U+000A",
	"tab \t cell":                          "U+0009",
	"form \f feed":                         "U+000C",
	"vertical \v tab":                      "U+000B",
	"delete \x7f":                          "U+007F",
	"shift \x0e out":                       "U+000E",
	"separator \u2028 line":                "U+2028",
	"separator \u2029 paragraph":           "U+2029",
	"override \u202egnp.exe":               "U+202E",
	"override \u202d left":                 "U+202D",
	"embedding \u202b open":                "U+202B",
	"embedding \u202a open":                "U+202A",
	"pop \u202c alone":                     "U+202C",
	"isolate \u2067 open":                  "U+2067",
	"isolate \u2066 open":                  "U+2066",
	"isolate \u2068 open":                  "U+2068",
	"breaks \u2069 out":                    "U+2069",
	"crossed \u2067 \u202e \u2069 \u202c":  "U+2067",
}

// UnseenNames are names that nobody sees, though they are not empty.
var UnseenNames = []string{
	" ", "\u200b", "\u2060", "\u00ad", "\u3164", "\u115f", "\uffa0", "\ufeff", "\u200d", "\u200c \u200e", "\u00a0",
	"\u3000", "\u2003", "\ufe0f", "\u034f", "\u17b4", "\u180e", "\u180b", "\u2062", "\u2800", "\U000e0061\U000e007f",
	"\U000e0100", "\U0001d159", "\U0001d173", "\u2066\u2069",
}
