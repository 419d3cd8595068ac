/** What the other screens say, in one place of their file for the same reason as in first.ts. */
import '../source/ar';
import '../review/ar';
import '../history/ar';
import '../document/ar';
import '../source/en';
import '../review/en';
import '../history/en';
import '../document/en';
import '../edit/messages';
import '../documents/messages';
import '../sources/messages';
