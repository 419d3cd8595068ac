package card

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/headwater-project/headwater/provenance"
)

var arabic = &words{
	language: language.Arabic, direction: rightToLeft,
	Title: "من أين يأتي هذا الادعاء", For: "ما يؤيده", Against: "ما ينفيه", HasItFrom: "أخذه عن:",
	StillSo:   "يمكن التحقق هنا من أنه ما زال كذلك:",
	Facts:     "بصمة ما يستند إليه (SHA-256):",
	NoVerdict: "ليست هذه البطاقة حكماً على صدق الادعاء، بل تبيّن من قاله وعمّن أخذه.",
	made:      "أُعدّت في {0}.",
	asOf:      "لا تُحتسب إلا الوثائق المنشورة حتى نهاية {0}.",
	algorithm: "حُسبت وفق الإصدار {0} من القواعد.",
	bounds:    "هذه الأعداد حدود، والأعداد الصحيحة تقع بينها.", commonLink: "كله يمر عبر {0}.",
	publishes: "ينشره", relays: "ينقله", origin: "أصل", uncertain: "أصل غير مؤكد",
	onEveryWay: "على كل طريق إلى أصل", outOfReach: "لم يعد يصل إليه أحد",
	standing: map[provenance.Standing]string{
		provenance.Contested:            "محل خلاف: منهم من يقول إنه صحيح، ومنهم من يقول إنه غير صحيح.",
		provenance.Denied:               "منفي: لم يُسجَّل إلا من يقول إنه غير صحيح.",
		provenance.Unattributed:         "بلا إسناد: لم يُسجَّل عن أحد أنه قاله.",
		provenance.Circular:             "دائري: من يقولونه يأخذه بعضهم عن بعض، ولا يُعرف أن أحداً أخذه عن غيرهم.",
		provenance.NoOriginLeft:         "لم يبق له أصل: ما بقي منه يستند إلى ما سُحب.",
		provenance.Corroborated:         "مؤيَّد: تقوله أصول مستقلة، ولا يقف ناقل واحد بينها جميعاً وبين القراء.",
		provenance.SingleCarrier:        "ناقل واحد: تقوله أصول مستقلة، لكنها لا تُسمع جميعاً إلا عبر ناقل واحد.",
		provenance.PossiblyCorroborated: "ربما كان مؤيَّداً: لا تتعدد أصوله المستقلة إلا إذا كانت الأصول غير المؤكدة مستقلة.",
		provenance.SingleOrigin:         "أصل واحد: كل ما يُقال تأييداً له يعود إلى أصل واحد.",
	},
	attributionsFor: counted{
		plural.Zero: "لا يؤيده أي إسناد.", plural.One: "يؤيده إسناد واحد.", plural.Two: "يؤيده إسنادان.",
		plural.Few: "تؤيده {0} إسنادات.", plural.Many: "يؤيده {0} إسناداً.", plural.Other: "يؤيده {0} إسناد.",
	},
	attributionsAgainst: counted{
		plural.Zero: "لا ينفيه أي إسناد.", plural.One: "ينفيه إسناد واحد.", plural.Two: "ينفيه إسنادان.",
		plural.Few: "تنفيه {0} إسنادات.", plural.Many: "ينفيه {0} إسناداً.", plural.Other: "ينفيه {0} إسناد.",
	},
	exactly: counted{
		plural.Zero: "لم يبق له أصل مستقل.", plural.One: "يعود إلى أصل مستقل واحد.", plural.Two: "يعود إلى أصلين مستقلين.",
		plural.Few: "يعود إلى {0} أصول مستقلة.", plural.Many: "يعود إلى {0} أصلاً مستقلاً.", plural.Other: "يعود إلى {0} أصل مستقل.",
	},
	atMost: counted{
		plural.Zero:  "لا يعود إلى أي أصل مستقل.",
		plural.One:   "يعود إلى أصل مستقل واحد على الأكثر، ولا يُعرف أي أصل يقيناً.",
		plural.Two:   "يعود إلى أصلين مستقلين على الأكثر، ولا يُعرف أي أصل يقيناً.",
		plural.Few:   "يعود إلى {0} أصول مستقلة على الأكثر، ولا يُعرف أي أصل يقيناً.",
		plural.Many:  "يعود إلى {0} أصلاً مستقلاً على الأكثر، ولا يُعرف أي أصل يقيناً.",
		plural.Other: "يعود إلى {0} أصل مستقل على الأكثر، ولا يُعرف أي أصل يقيناً.",
	},
	atLeastAtMost: "عدد أصوله المستقلة {0} على الأقل و{1} على الأكثر.",
	lines: counted{
		plural.Zero: "لا طريق من قرائه إلى أصل.", plural.One: "يصل إلى قرائه عبر خط واحد.",
		plural.Two: "يصل إلى قرائه عبر خطين لا يشتركان في أحد.", plural.Few: "يصل إلى قرائه عبر {0} خطوط لا تشترك في أحد.",
		plural.Many: "يصل إلى قرائه عبر {0} خطاً لا تشترك في أحد.", plural.Other: "يصل إلى قرائه عبر {0} خط لا تشترك في أحد.",
	},
	others: counted{
		plural.Zero: "ولا أحد غيره", plural.One: "وواحد آخر", plural.Two: "واثنان آخران", plural.Few: "و{0} آخرون",
		plural.Many: "و{0} آخرون", plural.Other: "و{0} آخرون",
	},
}
