// Where the console begins: preferences before the first paint, then the page, then live data.

import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/overview.css';
import './style/checks.css';
import './style/check.css';
import './style/alerts.css';
import './style/evidence.css';
import './style/places.css';
import { createRoot } from 'react-dom/client';
import { listenToKeys } from './app/key-commands.ts';
import { liveStore } from './app/live-store.ts';
import { applyPreferences } from './app/preferences.ts';
import { Shell } from './app/shell.tsx';

applyPreferences();
liveStore.open();
listenToKeys();

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Shell />);
