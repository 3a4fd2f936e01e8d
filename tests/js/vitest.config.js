export default { server: { fs: { allow: ["../.."] } }, test: { include: ["*.test.js"] } };
