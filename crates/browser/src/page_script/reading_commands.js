// The commands of the part of the script that only reads documents.

const COMMANDS = new Map(Object.entries({ html, document: aboutDocument }));
