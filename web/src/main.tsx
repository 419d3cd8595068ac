import './messages/first';
import { render } from 'preact';
import { followLinks } from './address';
import { followHead } from './language';
import { listenForKeys } from './keys';
import { Shell } from './shell';

followLinks();
followHead();
listenForKeys();
render(<Shell />, document.body);
