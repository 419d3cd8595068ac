package interchange

import (
	"slices"
	"strings"

	"github.com/headwater-project/headwater/fold"
)

// vagueWords name nobody in particular. A name that holds one of them, as a word or a run of words, is vague. They are
// folded, as names are before they are compared.
var vagueWords = foldAll(
	"social media", "social network", "social networks", "users", "user", "netizens", "posts", "viral", "various", "several",
	"multiple sources", "multiple people", "many people",
	"some", "unknown", "anonymous", "unnamed", "unidentified", "bloggers", "websites", "web sites", "news sites", "media outlets",
	"media reports", "local media", "chain message", "whatsapp message",
	"whatsapp messages", "forwards", "rumor", "rumors", "rumour", "rumours", "fake accounts", "facebook accounts", "twitter accounts",
	"facebook pages", "facebook groups", "tiktok videos", "youtube videos",
	"وسائل التواصل", "مواقع التواصل", "شبكات التواصل", "منصات التواصل", "التواصل الاجتماعي", "رواد", "ناشطون", "ناشطين", "نشطاء",
	"مستخدمون", "مستخدمو", "مستخدمين", "مستخدمي", "مستخدم",
	"متداول", "متداولة", "متداولون", "صفحات", "حسابات", "منشورات", "منشور", "مصدر مجهول", "عدة مصادر", "مجهول", "مجهولون", "غير معروف",
	"بعض", "مصادر", "وسائل الإعلام", "مغردون", "مغردين", "مدونون", "مواقع إلكترونية", "مواقع إخبارية", "وسائل إعلام", "شائعة", "إشاعة",
	"شائعات", "رسالة واتساب", "رسائل واتساب",
	"réseaux sociaux", "internautes", "redes sociales", "usuarios",
)

// platforms carry what others say, so their names alone, however many, name nobody. Nor does the fact that something was
// filmed.
var platforms = foldAll("internet", "online", "الإنترنت", "facebook", "twitter", "x", "youtube", "tiktok", "instagram", "telegram",
	"whatsapp", "reddit", "threads", "snapchat", "vk", "weibo",
	"فيسبوك", "فايسبوك", "تويتر", "إكس", "اكس", "يوتيوب", "تيك توك", "انستغرام", "إنستغرام", "تلغرام", "تليغرام", "واتساب", "سناب شات",
	"video", "videos", "photo", "photos", "image", "images", "مقطع فيديو", "فيديو", "صورة", "صور")

// platformHosts are the hosts of platforms and archives.
var platformHosts = []string{"facebook.com", "fb.com", "fb.watch", "twitter.com", "x.com", "t.co", "youtube.com", "youtu.be", "tiktok.com",
	"instagram.com", "telegram.me", "t.me", "telegram.org",
	"whatsapp.com", "wa.me", "reddit.com", "threads.net", "threads.com", "snapchat.com", "vk.com", "weibo.com", "archive.is", "archive.ph",
	"archive.org", "perma.cc", "ghostarchive.org"}

func foldAll(names ...string) []string {
	for i, name := range names {
		names[i] = " " + fold.Text(name) + " "
	}
	return names
}

// isVague reports whether a name is that of nobody in particular: "social media users", "رواد مواقع التواصل".
func isVague(name string) bool {
	words := " " + fold.Text(name) + " "
	return areOnlyPlatforms(words) || slices.ContainsFunc(vagueWords, func(crowd string) bool { return strings.Contains(words, crowd) })
}

// areOnlyPlatforms reports whether words are the names of platforms, and words that join them: "X and Facebook", "فيسبوك
// وتويتر".
func areOnlyPlatforms(words string) bool {
	left := words
	for _, name := range platforms {
		left = strings.ReplaceAll(strings.ReplaceAll(left, name, "  "), " و"+name[1:], "  ")
	}
	return left != words && !slices.ContainsFunc(strings.Fields(left),
		func(word string) bool { return !slices.Contains([]string{"and", "or", "و", "او"}, word) })
}

// isPlatform reports whether a host carries what others say, so that it is not itself the publisher.
func isPlatform(host string) bool {
	return slices.ContainsFunc(platformHosts, func(known string) bool { return host == known || strings.HasSuffix(host, "."+known) })
}
