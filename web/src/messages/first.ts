/**
 * What the shell, the claims and a claim say, before all that says it: files keep the order in which they are first named, and texts of
 * one language pack well only where they stand together.
 */
import './ar';
import '../claim/ar';
import './en';
import '../claim/en';
