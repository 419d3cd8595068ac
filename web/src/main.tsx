import { render } from 'preact';
import { followLinks } from './address';
import { listenForKeys } from './keys';
import { Shell } from './shell';

followLinks();
listenForKeys();
render(<Shell />, document.body);
