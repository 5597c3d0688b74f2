import type { Script } from "../script.ts";

/** A worker comes back with his wounded hand: a Portuguese-speaking doctor, a Chinese-speaking patient. Written for this project. */
export const followUpPtZh: Script = {
  name: "follow-up-pt-zh",
  speakers: [
    { id: "doctor", endpointId: "2f90bc6e", language: "pt", name: "Dr. Mondlane", voice: "pm_alex" },
    { id: "patient", endpointId: "d15a83f7", language: "zh", name: "李梅", voice: "zf_xiaoxiao" },
  ],
  turns: [
    ["doctor", "Bom dia, dona Li. Como está a mão hoje?"],
    ["patient", "医生早上好，左手还是很疼，有点肿。"],
    ["doctor", "Teve febre desde segunda-feira?"],
    ["patient", "没有发烧，昨天三十六度七。"],
    ["doctor", "Quantas vezes por dia tomou a doxiciclina?"],
    ["patient", "一天两次，嗯，不对，昨天只吃了一次。"],
    ["doctor", "São cem miligramas, duas vezes por dia, e não pode falhar."],
    ["patient", "好的。吃药以后胃不舒服，可以停药吗？"],
    ["doctor", "Não, não pare. Tome com comida e com um copo cheio de água."],
    ["patient", "我可以吃止痛药吗？我对阿司匹林过敏。"],
    ["doctor", "Pode tomar paracetamol, quinhentos miligramas, até quatro vezes por dia."],
    ["patient", "明白了，最多四次，不吃阿司匹林。"],
    ["doctor", "Quando foi a última vacina contra o tétano, há cinco ou há dez anos?"],
    ["patient", "大概是十二年前，我不记得了。"],
    ["doctor", "Então damos hoje uma dose. Tiramos os pontos daqui a sete dias."],
    ["patient", "谢谢医生，那我下星期二上午十点再来。"],
  ],
};
