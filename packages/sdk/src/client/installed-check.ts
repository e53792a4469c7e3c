import { checkSource, parseSource } from './free-variables.ts';
import { installSourceCheck } from './source-check.ts';

installSourceCheck({ checkSource, parseSource });
