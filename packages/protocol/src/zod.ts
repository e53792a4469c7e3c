import * as z from 'zod/mini';

// Pages run under a content security policy without eval, so no generated validators.
z.config({ jitless: true });

export { z };
