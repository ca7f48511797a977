/** The texts about printing, in Arabic: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { isolated, many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `«${isolated(name)}» جاهز للطباعة.`,
    missed: (count) =>
      many(count, {
        zero: 'لم يُطبع أي مستند في غيابك.',
        one: 'طُبع مستند واحد في غيابك.',
        two: 'طُبع مستندان في غيابك.',
        few: 'طُبعت # مستندات في غيابك.',
        many: 'طُبع # مستندًا في غيابك.',
        other: 'طُبع # مستند في غيابك.',
      }),
    failed: (name) => `تتعذّر طباعة «${isolated(name)}» من هنا. افتحه واطبعه من صفحته.`,
    print: 'طباعة',
    open: 'فتح',
    save: 'حفظ',
    remove: 'حذف',
    list: 'عرض المطبوعات',
    automatic: 'فتح مربع حوار الطباعة عندما يطبع تطبيق',
    automaticHint: 'وإلا يظهر إشعار.',
    empty: 'لم يُطبع شيء بعد',
    emptyHint:
      'اطبع من أي تطبيق باستخدام الطابعة «\u2068Print to my computer\u2069». يظهر المستند هنا، وكملف PDF في المجلد PDF ضمن مجلدك الشخصي.',
    name: 'المستند',
    size: 'الحجم',
    time: 'وقت الطباعة',
    isNew: 'جديد',
    only: (shown, total) => `المعروض أحدث ${shown} من أصل ${total} من المستندات.`,
    removeTitle: (name) => `حذف «${isolated(name)}»؟`,
    removeText: 'يُحذف ملف PDF من مجلدك الشخصي.',
  },
};
