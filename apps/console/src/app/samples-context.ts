import { createContext } from 'react';
import type { LoadSamples } from './samples.ts';

export const SamplesContext = createContext<LoadSamples>(async () => []);
