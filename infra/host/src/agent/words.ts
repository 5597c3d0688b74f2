import type { CheckKind } from "./checks.ts";
import type { Message } from "./memory.ts";

/** What the health page and the messages say. They run beside the station, so also when it does not. */
export interface Words {
  readonly title: string;
  readonly allGood: string;
  readonly trouble: string;
  readonly asOf: string;
  readonly call: string;
  readonly kinds: Readonly<Record<CheckKind, string>>;
  readonly states: Readonly<Record<Message["state"], string>>;
}

const en: Words = {
  title: "Is this station well?",
  allGood: "All is well.",
  trouble: "Something needs attention.",
  asOf: "Last look",
  call: "Tell the person who looks after this station. Care that cannot wait: call the emergency number.",
  kinds: {
    sealed: "Locked: somebody has to type what opens it",
    service: "Service",
    backup: "Backup",
    restore: "Test of a backup",
    certificate: "Certificate",
    disk: "Space on the disk",
    memory: "Memory",
    units: "Programs of the machine",
  },
  states: { bad: "Needs attention", "still-bad": "Still needs attention", good: "Well again" },
};

const zh: Words = {
  title: "本站是否正常？",
  allGood: "一切正常。",
  trouble: "有问题需要处理。",
  asOf: "最近检查",
  call: "请告知本站的管理人员。紧急情况请拨打急救电话。",
  kinds: {
    sealed: "已锁定：需要有人输入解锁内容",
    service: "服务",
    backup: "备份",
    restore: "备份恢复测试",
    certificate: "证书",
    disk: "磁盘空间",
    memory: "内存",
    units: "系统程序",
  },
  states: { bad: "需要处理", "still-bad": "仍需处理", good: "已恢复" },
};

const pt: Words = {
  title: "Esta estação está bem?",
  allGood: "Está tudo bem.",
  trouble: "Algo precisa de atenção.",
  asOf: "Última verificação",
  call: "Avise a pessoa responsável por esta estação. Se for urgente, ligue para o número de emergência.",
  kinds: {
    sealed: "Fechada: alguém tem de escrever o que a abre",
    service: "Serviço",
    backup: "Cópia de segurança",
    restore: "Teste da cópia de segurança",
    certificate: "Certificado",
    disk: "Espaço no disco",
    memory: "Memória",
    units: "Programas da máquina",
  },
  states: { bad: "Precisa de atenção", "still-bad": "Ainda precisa de atenção", good: "De novo bem" },
};

const fr: Words = {
  title: "Cette station va-t-elle bien ?",
  allGood: "Tout va bien.",
  trouble: "Quelque chose demande votre attention.",
  asOf: "Dernier contrôle",
  call: "Prévenez la personne qui s’occupe de cette station. En cas d’urgence, appelez le numéro d’urgence.",
  kinds: {
    sealed: "Verrouillée : quelqu’un doit saisir ce qui l’ouvre",
    service: "Service",
    backup: "Sauvegarde",
    restore: "Essai de restauration",
    certificate: "Certificat",
    disk: "Espace disque",
    memory: "Mémoire",
    units: "Programmes de la machine",
  },
  states: { bad: "Demande votre attention", "still-bad": "Demande toujours votre attention", good: "De nouveau en ordre" },
};

const known: Readonly<Record<string, Words>> = { en, zh, pt, fr };

/** By the whole tag, then by its primary subtag, then English. */
export function wordsFor(language: string): Words {
  return known[language] ?? known[language.split("-")[0] ?? ""] ?? en;
}
