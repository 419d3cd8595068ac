package credit

import (
	"slices"
	"strings"

	"github.com/headwater-project/headwater/fold"
)

// wires are the news agencies that credits name, each with the names under which newsrooms credit it, in both scripts. The first is
// what it is called here. A name in capital letters of at most four is one only where it is written so.
var wires = [][]string{
	{"Reuters", "Thomson Reuters", "رويترز", "رويتر"},
	{"Agence France-Presse", "AFP", "France Presse", "Agence France Presse", "فرانس برس", "أ ف ب", "أ.ف.ب", "ا ف ب", "أف ب", "أ.ف. ب",
		"الفرنسية", "وكالة الأنباء الفرنسية", "وكالة الصحافة الفرنسية", "الصحافة الفرنسية", "أ ف پ"},
	{"Associated Press", "AP", "The AP", "أسوشيتد برس", "أسوشييتد برس", "اسوشيتد برس", "الأسوشيتد برس", "أسوشيتدبرس", "أ ب", "أ.ب", "ا ب"},
	{"United Press International", "UPI", "يونايتد برس إنترناشونال", "يونايتد برس", "يو بي آي"},
	{"Deutsche Presse-Agentur", "DPA", "German Press Agency", "د ب أ", "د.ب.أ", "د ب ا", "الألمانية", "وكالة الأنباء الألمانية"},
	{"EFE", "Agencia EFE", "إفي", "وكالة إفي", "الإسبانية"},
	{"ANSA", "Agenzia ANSA", "أنسا", "وكالة أنسا"},
	{"Bloomberg", "Bloomberg News", "بلومبرغ", "بلومبرج", "بلومبيرغ", "بلومبيرج", "اقتصاد الشرق مع بلومبرغ"},
	{"Dow Jones Newswires", "Dow Jones", "داو جونز"},
	{"PA Media", "PA", "Press Association"},
	{"Canadian Press", "The Canadian Press", "الصحافة الكندية"},
	{"Australian Associated Press", "AAP"},
	{"TASS", "ITAR-TASS", "تاس", "وكالة تاس", "إيتار تاس"},
	{"RIA Novosti", "RIA", "نوفوستي", "ريا نوفوستي"},
	{"Sputnik", "سبوتنيك", "سبوتنك"},
	{"Interfax", "إنترفاكس", "انترفاكس"},
	{"Ukrinform", "أوكرينفورم"},
	{"Xinhua", "شينخوا", "شينخوا الصينية", "(شينخوا)"},
	{"Kyodo News", "Kyodo", "كيودو"},
	{"Jiji Press", "Jiji", "جيجي برس"},
	{"Yonhap", "Yonhap News Agency", "يونهاب"},
	{"KCNA", "وكالة الأنباء المركزية الكورية"},
	{"Press Trust of India", "PTI"},
	{"Asian News International", "ANI"},
	{"Indo-Asian News Service", "IANS"},
	{"Associated Press of Pakistan", "APP"},
	{"Bernama", "برناما"},
	{"Antara", "أنتارا"},
	{"Anadolu Agency", "Anadolu", "AA", "الأناضول", "وكالة الأناضول", "وكالة أنباء الأناضول", "اناضول"},
	{"Demirören News Agency", "DHA"},
	{"IRNA", "Islamic Republic News Agency", "إرنا", "وكالة إرنا"},
	{"Tasnim", "Tasnim News Agency", "وكالة تسنيم", "تسنيم"},
	{"Fars News Agency", "Fars News", "وكالة فارس", "وكالة أنباء فارس"},
	{"Mehr News Agency", "Mehr News", "MNA", "وكالة مهر", "وكالة مهر للأنباء"},
	{"Saudi Press Agency", "SPA", "واس", "وكالة الأنباء السعودية"},
	{"Emirates News Agency", "WAM", "وام", "وكالة أنباء الإمارات"},
	{"Kuwait News Agency", "KUNA", "كونا", "وكالة الأنباء الكويتية"},
	{"Qatar News Agency", "QNA", "قنا", "وكالة الأنباء القطرية"},
	{"Bahrain News Agency", "BNA", "بنا", "وكالة أنباء البحرين"},
	{"Oman News Agency", "ONA", "العمانية", "وكالة الأنباء العمانية"},
	{"Middle East News Agency", "MENA", "أ ش أ", "أ.ش.أ", "ا ش ا", "أش أ", "وكالة أنباء الشرق الأوسط"},
	{"Petra", "Jordan News Agency", "بترا", "وكالة الأنباء الأردنية"},
	{"National News Agency", "NNA", "الوكالة الوطنية للإعلام", "الوطنية للإعلام"},
	{"Syrian Arab News Agency", "SANA", "سانا", "وكالة الأنباء السورية"},
	{"Iraqi News Agency", "INA", "واع", "وكالة الأنباء العراقية"},
	{"WAFA", "Palestinian News Agency", "وفا", "وكالة الأنباء الفلسطينية", "وكالة وفا"},
	{"Ma'an News Agency", "Maan News", "وكالة معا", "وكالة معا الإخبارية"},
	{"Saba", "Yemen News Agency", "وكالة سبأ", "سبأ", "سبأنت", "وكالة الأنباء اليمنية"},
	{"Sudan News Agency", "SUNA", "سونا", "وكالة السودان للأنباء"},
	{"Libyan News Agency", "LANA", "وال", "وكالة الأنباء الليبية"},
	{"Tunis Afrique Presse", "TAP", "وات", "وكالة تونس أفريقيا للأنباء", "وكالة تونس إفريقيا للأنباء"},
	{"Algeria Press Service", "APS", "واج", "وكالة الأنباء الجزائرية"},
	{"Maghreb Arabe Presse", "MAP", "ومع", "وكالة المغرب العربي للأنباء"},
	{"Inter Press Service", "IPS"},
	{"Belga", "بيلغا"},
	{"Swiss News Agency", "Keystone-SDA", "ATS"},
	{"Austria Press Agency", "APA"},
}

// unnamed are words that credit agencies without naming one. Nobody is called so: a stored source that is would be credited by all
// articles that name no agency.
var unnamed = []string{
	Unnamed, "news agencies", "wire services", "wire reports", "news services", "wires", "agency", "agencies inputs", "agency inputs",
	"agency reports", "news wires", "newswires", "inputs from agencies", "other agencies", "other news agencies",
	"وكالات", "الوكالات", "وكالات الأنباء", "وكالات أنباء", "وكالات عالمية", "وكالات دولية", "وكالات أخرى",
}

// Unnamed is what credits call agencies that they do not name.
const Unnamed = "agencies"

// Names are the wires that credits can name.
type Names struct {
	names map[string]string          // what a wire is called, folded, to its first name
	all   map[string]map[string]bool // first name, folded, to all its names, folded
	words int                        // of the longest name
}

// NewNames knows the wires of the table, and those that are given, each by its names.
func NewNames(more ...[]string) *Names {
	n := &Names{names: map[string]string{}, all: map[string]map[string]bool{}}
	for _, names := range slices.Concat([][]string{unnamed}, wires, more) {
		n.add(names)
	}
	return n
}

// add makes a wire known. One that shares a name with another is that one, but for words that name none.
func (n *Names) add(names []string) {
	first := ""
	for _, name := range names {
		if known, is := n.names[fold.Text(name)]; is && first == "" && known != Unnamed {
			first = known
		}
	}
	if first == "" && len(names) > 0 {
		first = names[0]
	}
	for _, name := range names {
		folded := fold.Text(name)
		if _, taken := n.names[folded]; taken || folded == "" {
			continue
		}
		n.names[folded] = first
		n.words = max(n.words, strings.Count(folded, " ")+1)
		if n.all[first] == nil {
			n.all[first] = map[string]bool{}
		}
		n.all[first][folded] = true
	}
}

// IsCalled says whether a wire, by its first name, has one of these names.
func (n *Names) IsCalled(wire string, names []string) bool {
	return wire != Unnamed && slices.ContainsFunc(names, func(name string) bool { return n.all[wire][fold.Text(name)] })
}

// find gives the first name of the wire that is written so, if it is one.
func (n *Names) find(written string) (wire string, is bool) {
	folded := fold.Text(written)
	if wire, is = n.names[folded]; !is {
		return "", false
	}
	if len(folded) <= 4 && strings.Trim(folded, "abcdefghijklmnopqrstuvwxyz") == "" && written != strings.ToUpper(written) {
		switch folded { // those that are no words, and that newsrooms write small too
		case "afp", "upi", "dpa", "efe", "ansa", "tass", "irna", "kcna", "wafa", "saba", "ians", "kuna":
		default:
			return "", false
		}
	}
	return wire, true
}
