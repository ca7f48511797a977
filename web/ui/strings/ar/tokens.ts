/** The texts about access tokens, in Arabic: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { isolated, many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'الملفات في مدير الملفات لديك',
    hint: (name) =>
      `افتح مجلد المنزل بمدير الملفات في حاسوبك. اسم المستخدم هناك «${isolated(name)}» وكلمة المرور رمز وصول. إذا لم يكن سطح مكتبك قيد التشغيل فسيبدأ.`,
    address: 'العنوان',
    copyAddress: 'نسخ العنوان',
    copyToken: 'نسخ رمز الوصول',
    finder: 'فايندر (ماك): اختر «انتقال» ثم «اتصال بالخادم» وأدخل العنوان.',
    explorer: 'مستكشف ويندوز: انقر بالزر الأيمن على «هذا الكمبيوتر» واختر «تعيين محرك أقراص الشبكة» وأدخل العنوان.',
    gnome: 'ملفات جنوم: اختر «مواقع أخرى» أو «الشبكة» وأدخل العنوان الذي يبدأ بـ dav.',
    name: 'الاسم',
    nameHint: 'اسم الحاسوب مثلًا',
    lifetime: 'تنتهي الصلاحية',
    never: 'أبدًا',
    days: (count) =>
      many(count, {
        zero: '# يوم',
        one: 'يوم واحد',
        two: 'يومان',
        few: '# أيام',
        many: '# يومًا',
        other: '# يوم',
      }),
    make: 'إنشاء رمز وصول',
    made: (name) => `يُعرض رمز الوصول لـ «${isolated(name)}» مرة واحدة فقط. انسخه الآن وأدخله ككلمة مرور.`,
    close: 'تم',
    none: 'لا توجد رموز وصول',
    created: 'تاريخ الإنشاء',
    used: 'آخر استخدام',
    expires: 'تنتهي الصلاحية',
    revoke: 'إلغاء',
    revokeNamed: (name) => `إلغاء رمز الوصول «${isolated(name)}»`,
    scope: 'يفتح رمز الوصول ملفاتك فقط. تنتهي كل الرموز عند تسجيل الخروج من كل مكان وعند تغيّر كلمة مرورك أو أدوارك.',
    off: 'فتح الملفات ببرامج أخرى معطّل على هذا الخادم.',
  },
};
