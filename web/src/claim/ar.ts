/** What the page of a claim says in Arabic. Sentences with a number have all forms that are said and are not as `other`. */
import { count } from '../messages/plural';
import type { ClaimMessages } from './en';

/** Origins after a preposition. */
const originsAfter = (n: number): string => count(n, {
  zero: 'لا أصل', one: 'أصل واحد', two: 'أصلين مستقلين', few: '# أصول مستقلة', many: '# أصلًا مستقلًا', other: '# أصل مستقل',
});

const origins = (min: number, max: number): string => {
  if (max === 0) return 'لا أصل';
  if (min === max) {
    return count(max, {
      zero: 'لا أصل', one: 'أصل واحد', two: 'أصلان مستقلان', few: '# أصول مستقلة', many: '# أصلًا مستقلًا', other: '# أصل مستقل',
    });
  }
  return min === 0 ? `ما لا يزيد على ${originsAfter(max)}` : `ما لا يقل عن ${originsAfter(min)} ولا يزيد على ${originsAfter(max)}`;
};

const originsReached = (min: number, max: number): string => (min === max ? originsAfter(max) : origins(min, max));

const attributions = (n: number): string => count(n, {
  zero: 'لا إسناد', one: 'إسناد واحد', two: 'إسنادان', few: '# إسنادات', many: '# إسنادًا', other: '# إسناد',
});

const lines = (n: number): string => count(n, {
  zero: 'لا خط', one: 'خط واحد', two: 'خطان', few: '# خطوط', many: '# خطًا', other: '# خط',
});

const styles = {
  says: 'قيل', reports: 'نُقل', implied: 'أُلمح إليه', hearsay: 'سماعًا', reprint: 'أُعيد نشره',
};

const leads = (n: number): string => (n === 1 ? ' يعود إلى ' : n === 2 ? ' يعودان إلى ' : ' تعود إلى ');

export const ar: ClaimMessages = {
  // the head
  happened: (when) => ['وقع في ', when],
  scope: (scope) => ['ضمن ', scope],
  standingSentences: {
    contested: 'هناك من يقول به علنًا ومن ينفيه.',
    denied: 'لا أحد يقول به علنًا، وهناك من ينفيه.',
    unattributed: 'لا أحد يقول به ولا أحد ينفيه، بحسب ما هو محفوظ هنا.',
    no_origin_left: 'ما بقي يقوم على ما سُحب أو نُحّي جانبًا.',
    circular: 'من يروونه يأخذه بعضهم عن بعض.',
    corroborated: 'له أصول مستقلة، وإليها أكثر من طريق.',
    single_carrier: 'له عدة أصول، لكن كل طريق إليها يمر بالناقل نفسه.',
    possibly_corroborated: 'له أكثر من أصل إن كان المشكوك فيهم غير المعروفين.',
    single_origin: 'مهما كثر من يكررونه فهو صوت واحد.',
  },
  sideFor: (n, link, min, max, origin, carriers) => [
    'يؤيده ', link(attributions(n)), leads(n), origin(originsReached(min, max)), carriers ? ['، وكلها عبر ', carriers, '.'] : '.',
  ],
  sideAgainst: (n, link, min, max, origin, carriers) => [
    'ينفيه ', link(attributions(n)), leads(n), origin(originsReached(min, max)), carriers ? ['، وكلها عبر ', carriers, '.'] : '.',
  ],
  nobodyFor: 'لا أحد يقول به علنًا.',
  nobodyAgainst: 'لا أحد ينفيه علنًا.',
  sharedOrigins: (names) => [names, ' أصل للجانبين معًا.'],
  sharedCarriers: (names) => ['يأتي الجانبان كلاهما عبر ', names, '.'],
  was: (before) => ['من قبل: ', before],
  questioned: (n) => count(n, {
    one: 'يشكك فيه إسناد واحد.', two: 'يشكك فيه إسنادان.', few: 'تشكك فيه # إسنادات.',
    many: 'يشكك فيه # إسنادًا.', other: 'يشكك فيه # إسناد.',
  }),

  // the interval by cause
  causesTitle: 'الأصول',
  surely: (n, min, names) => (n === min
    ? [count(n, {
      one: 'أصل مؤكد: ', two: 'أصلان مؤكدان: ', few: '# أصول مؤكدة: ', many: '# أصلًا مؤكدًا: ', other: '# أصل مؤكد: ',
    }), names, '.']
    : [count(min, {
      one: 'أصل واحد مؤكد، إذ يتبع بعض هؤلاء بعضًا: ', two: 'أصلان مؤكدان، إذ يتبع بعض هؤلاء بعضًا: ',
      few: '# أصول مؤكدة، إذ يتبع بعض هؤلاء بعضًا: ', many: '# أصلًا مؤكدًا، إذ يتبع بعض هؤلاء بعضًا: ',
      other: '# أصل مؤكد، إذ يتبع بعض هؤلاء بعضًا: ',
    }), names, '.']),
  perhaps: (n, names) => [count(n, {
    one: 'وربما أصل آخر: ', two: 'وربما أصلان آخران: ', few: 'وربما حتى # أصول أخرى: ', many: 'وربما حتى # أصلًا آخر: ',
    other: 'وربما حتى # أصل آخر: ',
  }), names, '.'],
  perhapsNone: (names) => ['وربما لا أصل آخر: ', names, '.'],
  uncertainBecause: (code, name) => {
    if (code === 'anonymous') return [name, ' (لا أحد يعرف من هم)'];
    if (code === 'hearsay') return [name, ' (عن سماع)'];
    return name;
  },
  circleOf: (names) => ['حلقة من ', names, ' لا يستشهد بعضهم إلا ببعض'],
  notExact: 'الأرقام الحقيقية تقع بين هذين الحدين.',

  // what would narrow it
  narrowTitle: 'ما الذي يضيّق المجال',
  questions: (code, about) => {
    switch (code) {
      case 'anonymous_source': return ['معرفة من هم ', about];
      case 'hearsay_ending': return ['معرفة عمّن سمع ', about];
      case 'control_not_reviewed': return ['البحث عمّن يسيطر على ', about];
      case 'undated_document': return ['تأريخ وثيقة ', about];
      case 'proposed_link':
      case 'proposed_link_to_withdrawn':
      case 'proposed_link_unexamined': return ['البت في الصلة المقترحة مع ', about];
      case 'ungrounded_circle': return ['معرفة من بدأ: ', about, ' يأخذه بعضهم عن بعض'];
      default: return about;
    }
  },
  effect: (same, other) => [same, ' أو ', other],
  effectTitle: 'الأصول المستقلة في كلتا الحالتين',
  movesNothing: (n) => count(n, {
    one: 'سؤال آخر لا يحرك طرفي المجال', two: 'سؤالان آخران لا يحركان طرفي المجال',
    few: '# أسئلة أخرى لا تحرك طرفي المجال', many: '# سؤالًا آخر لا تحرك طرفي المجال', other: '# سؤال آخر لا تحرك طرفي المجال',
  }),

  // the question
  toolbar: 'ما يُحسب',
  asOf: 'حتى يوم',
  asOfToday: 'اليوم',
  play: 'يومًا بعد يوم',
  stop: 'توقف',
  asOfText: (day, n, min, max) => `${day}: ${attributions(n)}، ${origins(min, max)}`,
  proposedToggle: 'احسب المقترحات كأنها قُبلت',
  proposedBanner: 'تُحسب المقترحات هنا كأن أحدًا قبلها.',
  setAsideBanner: (names) => ['نُحّي جانبًا: ', names, '.'],
  putBack: (name) => `أعد ${name}`,
  putAllBack: 'أعد الجميع',
  changed: (min, max, n, minBefore, maxBefore, before) =>
    `صار: ${origins(min, max)} و${lines(n)}؛ وكان: ${origins(minBefore, maxBefore)} و${lines(before)}.`,

  // the drawing
  graphTitle: 'من أخذه عمّن',
  sides: { affirming: 'المؤيد', denying: 'النافي', questioning: 'المشكك' },
  sideSummary: (min, max, n) => `${origins(min, max)}، ${lines(n)}`,
  asDrawing: 'رسم',
  asList: 'قائمة',
  viewLabel: 'طريقة العرض',
  nobodyHere: 'لا أحد في هذا الجانب.',
  addWords: 'أضف من قال هذا، في وثيقة',
  columns: { readers: 'الناشرون', between: 'الناقلون', origins: 'الأصول' },
  roles: { publisher: 'ينشر', relay: 'ينقل', origin: 'أصل' },
  uncertainOrigin: 'أصل غير مؤكد',
  commonLink: 'على كل طريق',
  inCircle: 'ضمن حلقة',
  outOfReach: 'لم يعد يُبلَغ',
  setAsideWord: 'نُحّي جانبًا',
  foldAlike: (n, names) => [count(n, {
    one: 'مصدر واحد، عن ', two: 'مصدران، عن ', few: '# مصادر، عن ', many: '# مصدرًا، عن ', other: '# مصدر، عن ',
  }), names],
  foldAlone: (n) => count(n, {
    one: 'مصدر واحد', two: 'مصدران متشابهان', few: '# مصادر متشابهة', many: '# مصدرًا متشابهًا', other: '# مصدر متشابه',
  }),
  unfold: 'اعرضهم',
  costs: (min, max, n) => `من دونه: ${origins(min, max)}، ${lines(n)}`,
  costsNothing: 'من دونه لا يتغير شيء',
  mostCostly: 'عليه يقوم أكثره',
  since: (day) => ['منذ ', day],
  attributions,
  setAside: (name) => `نحِّ ${name} جانبًا`,
  setAsideAll: (n) => count(n, {
    one: 'نحِّ مصدرًا واحدًا جانبًا', two: 'نحِّ مصدرين جانبًا', few: 'نحِّ # مصادر جانبًا', many: 'نحِّ # مصدرًا جانبًا',
    other: 'نحِّ # مصدر جانبًا',
  }),
  putBackAll: (n) => count(n, {
    one: 'أعد مصدرًا واحدًا', two: 'أعد مصدرين', few: 'أعد # مصادر', many: 'أعد # مصدرًا', other: 'أعد # مصدر',
  }),
  tooManyAside: (n) => `لا يُنحّى أكثر من ${n} مصدر معًا`,
  tooManyShort: (n) => `العدد كبير: ${n} على الأكثر`,
  setAsideShort: 'نحِّه جانبًا',
  putBackShort: 'أعده',
  tells: (names) => ['ينقله عنه ', names],
  hasFrom: (names) => ['أخذه عن ', names],
  way: (name, n, how) => [name, ` (${[attributions(n), ...how.map((one) => styles[one])].join('، ')})`],
  shownAbove: 'معروض أعلاه',
  outlineLabel: 'الأصول، وتحت كل منها من ينقلونه',
  circleRoot: 'بلا أصل: يأخذه بعضهم عن بعض',
  keyAside: 'نحِّ جانبًا أو أعد',
  keyView: 'رسم أو قائمة',
  keyDates: 'الأعمدة حسب التاريخ',
  keyOpen: 'افتح الوثيقة',
  exportTable: 'الأدلة جدولًا (CSV)',
  keyEvidence: 'انتقل إلى الأدلة',

  // the words of a card
  panelTitle: (name) => ['كلمات ', name],
  because: {
    vouched: 'يقول إنه كان هناك، أو لديه سجل.', own_word: 'لا شيء يقول إنه أخذه عن غيره.', one_voice: 'لا يستشهد أعضاؤه إلا بعضهم ببعض.',
    anonymous: 'لا أحد يعرف من هذا.', hearsay: 'أخذه سماعًا، ولم يُذكر عمّن.',
  },
  speaksAs: (members) => ['يتكلم باسم: ', members],

  // contradictions
  againstTitle: 'التناقضات جنبًا إلى جنب',
  tensionsTitle: 'في توتر معه',
  direct: 'لا يصحان معًا',
  tension: 'يصعب التوفيق بينهما',
  thisClaim: 'هذا الادعاء',
  otherClaim: 'الآخر',
  bothFrom: (names) => ['يأتي كلاهما من ', names],
  bothOver: (names) => ['يأتي كلاهما عبر ', names],
  nothingShared: 'لا أصل ولا ناقل مشتركًا',
  decidedBy: (who) => ['وجده ', who],
  contradictionsNone: 'لا ادعاء يناقضه.',

  // evidence
  evidenceTitle: 'الأدلة',
  evidenceCount: attributions,
  evidenceOnly: (name) => ['ما يمر عبر ', name, ' وحده.'],
  evidenceAll: 'اعرض الكل',
  colDay: 'نُشر',
  colSide: 'الجانب',
  colPublisher: 'الناشر',
  colWords: 'الكلمات',
  colChain: 'عمّن',
  sortBy: (column) => `رتّب حسب: ${column}`,
  undated: 'بلا تاريخ',
  viaLinks: (statement) => ['يُحسب بسبب ', statement],
  withdrawn: 'مسحوب',
  noWords: 'لا نص محفوظ',
  proposedMark: 'مقترح',
  showMore: 'اعرض المزيد',
  anomalies: (code, { said, passed, published, event, sources }) => {
    switch (code) {
      case 'said_after_quoted': return ['قيل في ', said, ' على الأبكر، بعد ', passed, ' حين نُقل.'];
      case 'said_after_publication': return ['قيل في ', said, ' على الأبكر، بعد نشره في ', published, '.'];
      case 'published_before_event': return ['نُشر في ', published, '، قبل وقوعه في ', event, '.'];
      case 'text_hash_mismatch': return 'نص الوثيقة ليس النص الذي حُسبت بصمته.';
      case 'control_loop': return ['يسيطر بعضهم على بعض: ', sources, '.'];
      default: return code;
    }
  },
  anomaliesTitle: 'ما لا يتفق بعضه مع بعض',

  // timeline
  timelineTitle: 'الخط الزمني',
  timelineFirst: (entry) => ['الأول: ', entry, '.'],
  others: (n) => count(n, {
    one: 'وواحد غيره', two: 'واثنان غيره', other: 'و# غيرها',
  }),
  timelineUndated: (names) => ['بلا تاريخ: ', names, '.'],
  lanes: { origin: 'بقوله هو', relay: 'منقول', publisher: 'مكرر' },

  // support and exports
  supportTitle: 'الدعم: وسيلة مساعدة لا حقيقة',
  supportText: (belief, disbelief, uncertainty) => `بالمنطق الذاتي: تصديق ${belief}، تكذيب ${disbelief}، شك ${uncertainty}.`,
  supportUngraded: 'لم يُقيَّم أي مصدر، فلا يمكن أن يقال عنه شيء.',
  supportSteps: 'خطواتها في التقرير.',
  exportsTitle: 'خذه معك',
  exportBundle: 'الوقائع، حزمةً',
  exportReport: 'التقرير (JSON)',
  exportMermaid: 'الرسم (Mermaid)',
  exportDot: 'الرسم (Graphviz)',
  exportCard: 'بطاقة للنشر',
  exportPrint: 'اطبع',
  stateOf: (hash) => ['حال الوقائع: ', hash],
  notVerdict: 'تقول الأرقام من أين يأتي الادعاء، وليست حكمًا على صدقه.',
};
