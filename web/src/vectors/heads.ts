/** Does what a vector says about where chains end (docs/spec/14-vectors.md). */

import { b64 } from "../crypto/encoding.ts";
import { age, firstRow, headRow, headsRoot, headsRows, readHeadsLeaf, verifyHead, verifySize, type Head } from "../crypto/heads.ts";
import { nothing, spelled, type Do } from "./given.ts";

export const HEADS: Readonly<Record<string, Do>> = {
  first_row: (v) => spelled(firstRow(v.number("size"))),
  head_row: (v) => spelled(headRow(v.object<Head>("head"))),
  heads_rows: (v) => headsRows(v.number("size"), v.object<readonly Head[]>("heads")).map(b64),
  heads_root: (v) => spelled(headsRoot(v.number("size"), v.object<readonly Head[]>("heads"))),
  read_heads_leaf: (v) => {
    const { root, at } = readHeadsLeaf(v.bytes("body"));
    return { root: b64(root), at };
  },
  verify_size: (v) => nothing(verifySize(v.number("size"), v.number("count"), v.bytesList("path"), v.bytes("root"))),
  verify_head: (v) =>
    nothing(verifyHead(v.object<Head>("head"), v.number("index"), v.number("count"), v.bytesList("path"), v.bytes("root"))),
  age: (v) => age(v.number("at"), v.number("now")),
};
