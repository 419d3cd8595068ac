/** The kinds of sources in words. */
import { language } from './address';

type Words = Readonly<Record<string, string>>;

const en: Words = {
  person: 'Person', organization: 'Organization', government: 'Government', agency: 'Agency', party: 'Party', military: 'Military',
  outlet: 'Outlet', wire: 'Wire agency', social_account: 'Social account', record: 'Record', group: 'Group', other: 'Other',
};

const ar: Words = {
  person: 'شخص', organization: 'منظمة', government: 'حكومة', agency: 'هيئة', party: 'حزب', military: 'جيش', outlet: 'وسيلة إعلام',
  wire: 'وكالة أنباء', social_account: 'حساب', record: 'سجل', group: 'جماعة', other: 'غير ذلك',
};

export const sourceKinds = language === 'ar' ? ar : en;
