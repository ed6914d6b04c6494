import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  // What a user's project would hold: it is compiled in one, by scripts/check-packages.mjs.
  { ignores: ['testing/consumer/**', '**/dist/**', '**/node_modules/**', 'demo/**', 'runs/**', '.stryker-tmp/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      // One program for all packages: with one for each, every package has the types of all others checked anew.
      parserOptions: { project: './tsconfig.eslint.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Options are records with known keys; a for-in over arrays is still refused by no-for-in-array.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // A record of tensors must be an alias: an interface has no index signature, and tf.tidy and tf.dispose refuse it.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
      },
    },
  },
);
