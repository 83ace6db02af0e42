// The words of the viewer's language, for components.

import { useLanguage } from '../app/preferences.ts';
import { en, type Words } from './en.ts';
import { zh } from './zh.ts';

export function useWords(): Words {
  return useLanguage() === 'zh' ? zh : en;
}
