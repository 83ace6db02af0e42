// Theme and language: what a viewer chose, kept in this browser; by default what the system says.
// A browser that forbids storage loses the choice on reload and nothing else.

import { createStore, useStore } from './store.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

const theme = createStore<Theme>(THEMES.find((name) => name === recall('theme')) ?? 'system');
const language = createStore<Language>(
  LANGUAGES.find((name) => name === recall('language')) ?? systemLanguage(),
);

/** Says both to the document; called once before the first paint and at each change. */
export function applyPreferences(): void {
  document.documentElement.dataset.theme = theme.get();
  document.documentElement.lang = language.get() === 'zh' ? 'zh-CN' : 'en';
}

export function useTheme(): Theme {
  return useStore(theme);
}

export function setTheme(value: Theme): void {
  theme.set(value);
  keep('theme', value);
  applyPreferences();
}

/** From light to dark or back, whichever is shown now. */
export function toggleTheme(): void {
  const dark =
    theme.get() === 'dark' ||
    (theme.get() === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  setTheme(dark ? 'light' : 'dark');
}

export function useLanguage(): Language {
  return useStore(language);
}

export function setLanguage(value: Language): void {
  language.set(value);
  keep('language', value);
  applyPreferences();
}

export function toggleLanguage(): void {
  setLanguage(language.get() === 'en' ? 'zh' : 'en');
}

function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function recall(name: string): string | null {
  try {
    return window.localStorage.getItem(`holdfast.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    window.localStorage.setItem(`holdfast.${name}`, value);
  } catch {
    // Storage is forbidden or full: the choice holds until the page is left.
  }
}
