/**
 * Production mode of Elysia: without it a refused body is printed whole, several times, which costs seconds and gigabytes
 * for a hostile one. Elysia reads the variable when it is imported, so that every entry point imports this file first;
 * nobody who starts the program has to set anything.
 */
Object.assign(process.env, { NODE_ENV: 'production' })
